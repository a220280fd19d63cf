import { type Kysely, sql } from 'kysely';

/** Images shared with projects, deactivated images, and running uploads. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE image_members (
      image_id uuid NOT NULL REFERENCES images (id),
      member text NOT NULL,
      status text NOT NULL CHECK (status IN ('pending', 'accepted', 'rejected')),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (image_id, member)
    )`.execute(db);
  await sql`CREATE INDEX image_members_by_member ON image_members (member)`.execute(db);
  await sql`
    ALTER TABLE images
      DROP CONSTRAINT images_status_check,
      ADD CONSTRAINT images_status_check CHECK (status IN ('queued', 'saving', 'active', 'deactivated', 'deleted')),
      DROP CONSTRAINT active_has_data,
      ADD CONSTRAINT active_has_data
        CHECK (status NOT IN ('active', 'deactivated') OR (size_bytes IS NOT NULL AND sha512 IS NOT NULL)),
      ADD COLUMN uploader text`.execute(db);
}
