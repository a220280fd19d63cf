import { type Kysely, sql } from 'kysely';

/** Single ports of floating IPs that lead to ports of guests. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE port_forwardings (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      description text NOT NULL DEFAULT '',
      floating_ip_id uuid NOT NULL REFERENCES floating_ips (id),
      protocol text NOT NULL CHECK (protocol IN ('tcp', 'udp')),
      external_port integer NOT NULL CHECK (external_port BETWEEN 1 AND 65535),
      port_id uuid NOT NULL REFERENCES ports (id) ON DELETE CASCADE,
      subnet_id uuid NOT NULL,
      fixed_ip inet NOT NULL,
      internal_port integer NOT NULL CHECK (internal_port BETWEEN 1 AND 65535),
      router_id uuid NOT NULL REFERENCES routers (id),
      FOREIGN KEY (subnet_id, fixed_ip) REFERENCES ip_allocations (subnet_id, ip_address) ON DELETE CASCADE,
      CONSTRAINT a_port_is_forwarded_once UNIQUE (floating_ip_id, protocol, external_port)
    )`.execute(db);
  for (const column of ['port_id', 'router_id'])
    await sql`CREATE INDEX ${sql.ref(`port_forwardings_by_${column}`)} ON port_forwardings (${sql.ref(column)})`.execute(db);
  await sql`CREATE INDEX port_forwardings_by_address ON port_forwardings (subnet_id, fixed_ip)`.execute(db);
}
