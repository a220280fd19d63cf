import { type Kysely, sql } from 'kysely';

/** Bindings of ports to hosts (a port may have several); the network service's state of each server; versions of addresses. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE port_bindings (
      port_id uuid NOT NULL REFERENCES ports (id) ON DELETE CASCADE,
      host text NOT NULL,
      is_active boolean NOT NULL DEFAULT true,
      PRIMARY KEY (port_id, host)
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX one_active_binding_of_a_port ON port_bindings (port_id) WHERE is_active`.execute(db);
  await sql`CREATE INDEX port_bindings_by_host ON port_bindings (host)`.execute(db);
  await sql`INSERT INTO port_bindings (port_id, host) SELECT id, host FROM ports WHERE host IS NOT NULL`.execute(db);
  await sql`ALTER TABLE ports DROP COLUMN host`.execute(db);
  await sql`
    CREATE TABLE server_networking (
      server_id uuid PRIMARY KEY,
      fence bigint NOT NULL DEFAULT 0,
      version bigint NOT NULL DEFAULT 0,
      is_told boolean NOT NULL DEFAULT true,
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX server_networking_untold ON server_networking (updated_at) WHERE NOT is_told`.execute(db);
  await sql`ALTER TABLE servers ADD COLUMN addresses_version bigint NOT NULL DEFAULT 0`.execute(db);
}
