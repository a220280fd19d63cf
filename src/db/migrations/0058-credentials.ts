import { type Kysely, sql } from 'kysely';

/** Secrets of users beside their passwords, encrypted: access keys of the EC2 and S3 APIs, and whatever else clients keep. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE credentials (
      id text PRIMARY KEY,
      type text NOT NULL,
      sealed text NOT NULL,
      user_id text NOT NULL,
      project_id text,
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX credentials_by_user ON credentials (user_id, created_at)`.execute(db);
}
