import { type Kysely, sql } from 'kysely';

/** What operators say about types of volumes: limits of quality, encryption, and which type is the default of a project. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE volume_qos_specs (
      id text PRIMARY KEY,
      name text NOT NULL UNIQUE,
      consumer text NOT NULL,
      specs jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  // Nothing wrote it before.
  await sql`ALTER TABLE volume_types ADD FOREIGN KEY (qos_specs_id) REFERENCES volume_qos_specs`.execute(db);
  await sql`
    CREATE TABLE volume_type_encryptions (
      type_id text PRIMARY KEY REFERENCES volume_types ON DELETE CASCADE,
      id text NOT NULL,
      provider text NOT NULL,
      control_location text NOT NULL,
      cipher text,
      key_size integer,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  await sql`
    CREATE TABLE volume_default_types (
      project_id text PRIMARY KEY,
      type_id text NOT NULL REFERENCES volume_types
    )`.execute(db);
}
