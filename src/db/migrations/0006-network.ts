import { type Kysely, sql } from 'kysely';

/** Networks, subnets, ports with their addresses, and security groups. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE networks (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      shared boolean NOT NULL DEFAULT false,
      external boolean NOT NULL DEFAULT false,
      admin_state_up boolean NOT NULL DEFAULT true,
      port_security_enabled boolean NOT NULL DEFAULT true,
      mtu integer NOT NULL,
      bridge text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX networks_by_project ON networks (project_id)`.execute(db);
  await sql`CREATE INDEX networks_shared ON networks (id) WHERE shared`.execute(db);
  await sql`
    CREATE TABLE subnets (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      network_id uuid NOT NULL REFERENCES networks (id),
      project_id text NOT NULL,
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      ip_version smallint NOT NULL CHECK (ip_version IN (4, 6)),
      cidr cidr NOT NULL CHECK (family(cidr) = ip_version),
      gateway_ip inet,
      enable_dhcp boolean NOT NULL DEFAULT true,
      allocation_pools jsonb NOT NULL,
      dns_nameservers jsonb NOT NULL,
      host_routes jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX subnets_by_network ON subnets (network_id)`.execute(db);
  await sql`
    CREATE TABLE ports (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      network_id uuid NOT NULL REFERENCES networks (id),
      name text NOT NULL DEFAULT '',
      description text NOT NULL DEFAULT '',
      mac_address text NOT NULL,
      admin_state_up boolean NOT NULL DEFAULT true,
      status text NOT NULL DEFAULT 'DOWN',
      device_id text NOT NULL DEFAULT '',
      device_owner text NOT NULL DEFAULT '',
      server_id uuid,
      server_index integer,
      made_for_server boolean NOT NULL DEFAULT false,
      hostname text NOT NULL DEFAULT '',
      host text,
      port_security_enabled boolean NOT NULL DEFAULT true,
      allowed_address_pairs jsonb NOT NULL DEFAULT '[]',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (network_id, mac_address),
      CONSTRAINT only_a_port_of_a_server_is_on_a_host CHECK (host IS NULL OR server_id IS NOT NULL)
    )`.execute(db);
  await sql`CREATE INDEX ports_by_project ON ports (project_id)`.execute(db);
  await sql`CREATE INDEX ports_by_server ON ports (server_id) WHERE server_id IS NOT NULL`.execute(db);
  await sql`CREATE INDEX ports_by_host ON ports (host) WHERE host IS NOT NULL`.execute(db);
  await sql`
    CREATE TABLE ip_allocations (
      subnet_id uuid NOT NULL REFERENCES subnets (id),
      ip_address inet NOT NULL,
      port_id uuid NOT NULL REFERENCES ports (id) ON DELETE CASCADE,
      PRIMARY KEY (subnet_id, ip_address)
    )`.execute(db);
  await sql`CREATE INDEX ip_allocations_by_port ON ip_allocations (port_id)`.execute(db);
  await sql`
    CREATE TABLE security_groups (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX security_groups_by_project ON security_groups (project_id, name)`.execute(db);
  await sql`CREATE UNIQUE INDEX one_default_security_group ON security_groups (project_id) WHERE name = 'default'`.execute(db);
  await sql`
    CREATE TABLE security_group_rules (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      group_id uuid NOT NULL REFERENCES security_groups (id) ON DELETE CASCADE,
      project_id text NOT NULL,
      description text NOT NULL DEFAULT '',
      direction text NOT NULL CHECK (direction IN ('ingress', 'egress')),
      ethertype text NOT NULL CHECK (ethertype IN ('IPv4', 'IPv6')),
      protocol text,
      port_min integer,
      port_max integer,
      remote_cidr cidr,
      remote_group_id uuid REFERENCES security_groups (id) ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT one_remote CHECK (remote_cidr IS NULL OR remote_group_id IS NULL),
      CONSTRAINT no_rule_twice UNIQUE NULLS NOT DISTINCT (group_id, direction, ethertype, protocol, port_min, port_max, remote_cidr, remote_group_id)
    )`.execute(db);
  await sql`
    CREATE TABLE port_security_groups (
      port_id uuid NOT NULL REFERENCES ports (id) ON DELETE CASCADE,
      group_id uuid NOT NULL REFERENCES security_groups (id),
      PRIMARY KEY (port_id, group_id)
    )`.execute(db);
  await sql`CREATE INDEX port_security_groups_by_group ON port_security_groups (group_id)`.execute(db);
}
