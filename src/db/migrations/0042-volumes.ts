import { type Kysely, sql } from 'kysely';

/** Volumes with their snapshots, attachments and types. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await types(db);
  await volumes(db);
}

async function types(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE volume_types (
      id text PRIMARY KEY,
      name text NOT NULL UNIQUE,
      description text,
      is_public boolean NOT NULL DEFAULT true,
      extra_specs jsonb NOT NULL DEFAULT '{}',
      qos_specs_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  await sql`
    CREATE TABLE volume_type_projects (
      type_id text NOT NULL REFERENCES volume_types ON DELETE CASCADE,
      project_id text NOT NULL,
      PRIMARY KEY (type_id, project_id)
    )`.execute(db);
  await sql`
    INSERT INTO volume_types (id, name, description)
    VALUES (gen_random_uuid()::text, '__DEFAULT__', 'Default Volume Type')`.execute(db);
}

async function volumes(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE volumes (
      id text PRIMARY KEY,
      project_id text NOT NULL,
      user_id text NOT NULL,
      name text,
      description text,
      size_gb integer NOT NULL CHECK (size_gb > 0),
      wanted_size_gb integer,
      status text NOT NULL,
      previous_status text,
      migration_status text,
      type_id text REFERENCES volume_types,
      zone text NOT NULL,
      host text,
      snapshot_id text,
      source_volume_id text,
      group_id text,
      is_bootable boolean NOT NULL DEFAULT false,
      is_multiattach boolean NOT NULL DEFAULT false,
      is_read_only boolean NOT NULL DEFAULT false,
      metadata jsonb NOT NULL DEFAULT '{}',
      image_metadata jsonb,
      workflow_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX volumes_by_project ON volumes (project_id, created_at, id)`.execute(db);
  await sql`CREATE INDEX volumes_by_host ON volumes (host)`.execute(db);
  await sql`
    CREATE TABLE volume_snapshots (
      id text PRIMARY KEY,
      volume_id text NOT NULL REFERENCES volumes,
      project_id text NOT NULL,
      user_id text NOT NULL,
      name text,
      description text,
      size_gb integer NOT NULL,
      status text NOT NULL,
      progress text NOT NULL DEFAULT '0%',
      metadata jsonb NOT NULL DEFAULT '{}',
      group_snapshot_id text,
      workflow_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX volume_snapshots_by_project ON volume_snapshots (project_id, created_at, id)`.execute(db);
  await sql`CREATE INDEX volume_snapshots_by_volume ON volume_snapshots (volume_id)`.execute(db);
  await sql`
    CREATE TABLE volume_attachments (
      id text PRIMARY KEY,
      volume_id text NOT NULL REFERENCES volumes,
      project_id text NOT NULL,
      server_id text,
      attached_host text,
      mountpoint text,
      status text NOT NULL,
      mode text,
      connector jsonb,
      connection_info jsonb,
      attached_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX volume_attachments_by_volume ON volume_attachments (volume_id)`.execute(db);
  await sql`CREATE INDEX volume_attachments_by_server ON volume_attachments (server_id)`.execute(db);
}
