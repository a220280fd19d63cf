import { type Kysely, sql } from 'kysely';

/** Backups of volumes; and whether a volume is read-only may never have been said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE volume_backups (
      id text PRIMARY KEY,
      project_id text NOT NULL,
      user_id text NOT NULL,
      volume_id text NOT NULL,
      snapshot_id text,
      parent_id text REFERENCES volume_backups,
      name text,
      description text,
      container text,
      zone text NOT NULL,
      size_gb integer NOT NULL CHECK (size_gb > 0),
      status text NOT NULL,
      object_count integer NOT NULL DEFAULT 0,
      fail_reason text,
      metadata jsonb NOT NULL DEFAULT '{}',
      volume_facts jsonb NOT NULL DEFAULT '{}',
      store_id text NOT NULL,
      data_id text NOT NULL,
      data_timestamp timestamptz NOT NULL DEFAULT now(),
      workflow_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX volume_backups_by_project ON volume_backups (project_id, created_at, id)`.execute(db);
  await sql`CREATE INDEX volume_backups_by_volume ON volume_backups (volume_id)`.execute(db);
  await sql`CREATE INDEX volume_backups_by_parent ON volume_backups (parent_id)`.execute(db);
  await sql`CREATE INDEX volume_backups_by_data ON volume_backups (store_id, data_id)`.execute(db);
  await sql`ALTER TABLE volumes ALTER COLUMN is_read_only DROP NOT NULL, ALTER COLUMN is_read_only DROP DEFAULT`.execute(db);
}
