import { type Kysely, sql } from 'kysely';

/** Routers between networks, and the external addresses that they translate to those of ports. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const kept = sql`
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      description text NOT NULL DEFAULT '',
      tags text[] NOT NULL DEFAULT '{}',
      revision_number integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()`;
  await sql`
    CREATE TABLE routers (
      ${kept},
      name text NOT NULL DEFAULT '',
      admin_state_up boolean NOT NULL DEFAULT true,
      enable_snat boolean NOT NULL DEFAULT true,
      routes jsonb NOT NULL DEFAULT '[]'
    )`.execute(db);
  await sql`ALTER TABLE subnets ADD COLUMN is_routed boolean NOT NULL DEFAULT false`.execute(db);
  await sql`CREATE INDEX routers_by_project ON routers (project_id)`.execute(db);
  await sql`
    ALTER TABLE ports
      ADD COLUMN router_id uuid REFERENCES routers (id),
      ADD COLUMN router_part text CHECK (router_part IN ('interface', 'gateway')),
      ADD CONSTRAINT a_router_has_a_part CHECK ((router_id IS NULL) = (router_part IS NULL)),
      ADD CONSTRAINT a_port_has_one_device CHECK (router_id IS NULL OR server_id IS NULL)`.execute(db);
  await sql`CREATE INDEX ports_by_router ON ports (router_id) WHERE router_id IS NOT NULL`.execute(db);
  await sql`CREATE UNIQUE INDEX one_gateway_of_a_router ON ports (router_id) WHERE router_part = 'gateway'`.execute(db);
  await sql`
    CREATE TABLE floating_ips (
      ${kept},
      network_id uuid NOT NULL REFERENCES networks (id),
      address inet NOT NULL,
      own_port_id uuid NOT NULL UNIQUE REFERENCES ports (id)
    )`.execute(db);
  await sql`CREATE INDEX floating_ips_by_project ON floating_ips (project_id)`.execute(db);
  // A row of its own, so that it goes with the port or with the address that it leads to.
  await sql`
    CREATE TABLE floating_ip_targets (
      floating_ip_id uuid PRIMARY KEY REFERENCES floating_ips (id) ON DELETE CASCADE,
      network_id uuid NOT NULL,
      port_id uuid NOT NULL REFERENCES ports (id) ON DELETE CASCADE,
      subnet_id uuid NOT NULL,
      fixed_ip inet NOT NULL,
      router_id uuid NOT NULL REFERENCES routers (id),
      FOREIGN KEY (subnet_id, fixed_ip) REFERENCES ip_allocations (subnet_id, ip_address) ON DELETE CASCADE,
      CONSTRAINT one_floating_ip_of_a_network UNIQUE (network_id, subnet_id, fixed_ip)
    )`.execute(db);
  await sql`CREATE INDEX floating_ip_targets_by_port ON floating_ip_targets (port_id)`.execute(db);
  await sql`CREATE INDEX floating_ip_targets_by_router ON floating_ip_targets (router_id)`.execute(db);
  await sql`CREATE INDEX floating_ip_targets_by_address ON floating_ip_targets (subnet_id, fixed_ip)`.execute(db);
  for (const table of ['routers', 'floating_ips'])
    await sql`
      CREATE TRIGGER raise_revision BEFORE UPDATE ON ${sql.table(table)}
      FOR EACH ROW EXECUTE FUNCTION raise_revision()`.execute(db);
}
