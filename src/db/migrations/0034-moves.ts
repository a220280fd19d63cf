import { type Kysely, sql } from 'kysely';

/**
 * The records of moves. A server that changes its size on its own host has two placements there until that is confirmed: a placement is
 * unique by server, host and role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE placements DROP CONSTRAINT placements_server_id_host_key, ADD UNIQUE (server_id, host, role)`.execute(db);
  await sql`
    CREATE TABLE server_migrations (
      number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id uuid NOT NULL UNIQUE,
      server_id uuid NOT NULL REFERENCES servers (id),
      type text NOT NULL CHECK (type IN ('resize', 'migration', 'live-migration', 'evacuation')),
      status text NOT NULL,
      source_host text NOT NULL,
      source_node text NOT NULL,
      dest_host text,
      dest_node text,
      dest_ip text,
      flavor_before jsonb NOT NULL,
      flavor_before_number integer NOT NULL,
      flavor_after jsonb NOT NULL,
      flavor_after_number integer NOT NULL,
      was_stopped boolean NOT NULL,
      user_id text,
      project_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX server_migrations_by_server ON server_migrations (server_id)`.execute(db);
  await sql`CREATE INDEX server_migrations_to_complete ON server_migrations (source_host) WHERE status = 'done'`.execute(db);
}
