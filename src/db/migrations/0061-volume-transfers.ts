import { type Kysely, sql } from 'kysely';

/** Volumes that are offered to other projects. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE volume_transfers (
      id text PRIMARY KEY,
      volume_id text NOT NULL UNIQUE REFERENCES volumes ON DELETE CASCADE,
      project_id text NOT NULL,
      name text,
      key_salt text NOT NULL,
      key_hash text NOT NULL,
      no_snapshots boolean NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX volume_transfers_by_project ON volume_transfers (project_id, created_at, id)`.execute(db);
}
