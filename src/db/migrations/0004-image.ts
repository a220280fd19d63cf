import { type Kysely, sql } from 'kysely';

/** The images of the builtin image service. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE images (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      name text,
      owner text NOT NULL,
      visibility text NOT NULL CHECK (visibility IN ('public', 'private', 'shared', 'community')),
      status text NOT NULL CHECK (status IN ('queued', 'saving', 'active', 'deleted')),
      upload text,
      protected boolean NOT NULL,
      hidden boolean NOT NULL,
      disk_format text,
      container_format text,
      min_disk_gb integer NOT NULL,
      min_ram_mb integer NOT NULL,
      tags jsonb NOT NULL,
      properties jsonb NOT NULL,
      size_bytes bigint,
      virtual_size_bytes bigint,
      md5 text,
      sha512 text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      CONSTRAINT saving_has_an_upload CHECK ((status = 'saving') = (upload IS NOT NULL)),
      CONSTRAINT active_has_data CHECK (status <> 'active' OR (size_bytes IS NOT NULL AND sha512 IS NOT NULL))
    )`.execute(db);
  await sql`CREATE INDEX images_by_owner ON images (owner, created_at DESC) WHERE status <> 'deleted'`.execute(db);
  await sql`CREATE INDEX images_by_name ON images (name) WHERE status <> 'deleted'`.execute(db);
}
