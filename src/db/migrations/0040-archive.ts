import { type Kysely, sql } from 'kysely';

/** Rows of deleted servers that an operator has moved out of the way. As JSON they outlive changes of the tables that they came from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE archived_rows (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      source text NOT NULL,
      server_id uuid NOT NULL,
      deleted_at timestamptz NOT NULL,
      archived_at timestamptz NOT NULL DEFAULT now(),
      content jsonb NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX archived_rows_by_server ON archived_rows (server_id)`.execute(db);
  await sql`CREATE INDEX archived_rows_by_end ON archived_rows (deleted_at)`.execute(db);
}
