import { type Kysely, sql } from 'kysely';

/** Servers, hosts, claims, flavors, keypairs, and the records that explain them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE servers (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      user_id text NOT NULL,
      name text NOT NULL,
      description text,
      hostname text NOT NULL,
      vm_state text NOT NULL,
      task_state text,
      power_state text NOT NULL DEFAULT 'pending',
      workflow_id text,
      host text,
      node text,
      requested_zone text,
      zone text,
      flavor jsonb NOT NULL,
      image jsonb,
      key_name text,
      public_key text,
      user_data text,
      metadata jsonb NOT NULL,
      tags jsonb NOT NULL,
      scheduler_hints jsonb NOT NULL,
      security_groups jsonb NOT NULL,
      network_info jsonb NOT NULL,
      config_drive boolean NOT NULL,
      disk_config text NOT NULL,
      access_ip_v4 text,
      access_ip_v6 text,
      progress integer NOT NULL DEFAULT 0,
      locked_by text,
      locked_reason text,
      reservation_id text NOT NULL,
      launch_index integer NOT NULL,
      root_device_name text,
      fault jsonb,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      launched_at timestamptz,
      terminated_at timestamptz,
      CONSTRAINT task_state_has_a_workflow CHECK ((task_state IS NULL) = (workflow_id IS NULL))
    )`.execute(db);
  await sql`CREATE INDEX servers_by_project ON servers (project_id, created_at DESC, id DESC) WHERE vm_state <> 'deleted'`.execute(db);
  await sql`CREATE INDEX servers_by_time ON servers (created_at DESC, id DESC) WHERE vm_state <> 'deleted'`.execute(db);
  await sql`CREATE INDEX servers_by_host ON servers (host) WHERE vm_state <> 'deleted'`.execute(db);
  await sql`
    CREATE TABLE services (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      "binary" text NOT NULL,
      host text NOT NULL,
      zone text NOT NULL,
      disabled boolean NOT NULL DEFAULT false,
      disabled_reason text,
      forced_down boolean NOT NULL DEFAULT false,
      seen_at timestamptz NOT NULL DEFAULT now(),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE ("binary", host)
    )`.execute(db);
  await sql`
    CREATE TABLE compute_nodes (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      host text NOT NULL UNIQUE,
      node text NOT NULL,
      host_ip text NOT NULL,
      vcpus integer NOT NULL,
      memory_mb integer NOT NULL,
      local_gb integer NOT NULL,
      vcpus_used integer NOT NULL DEFAULT 0 CHECK (vcpus_used >= 0),
      memory_mb_used integer NOT NULL DEFAULT 0 CHECK (memory_mb_used >= 0),
      local_gb_used integer NOT NULL DEFAULT 0 CHECK (local_gb_used >= 0),
      cpu_allocation_ratio double precision NOT NULL,
      ram_allocation_ratio double precision NOT NULL,
      disk_allocation_ratio double precision NOT NULL,
      reserved_memory_mb integer NOT NULL,
      hypervisor_type text NOT NULL,
      hypervisor_version integer NOT NULL,
      cpu_info jsonb NOT NULL,
      supported_instances jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`
    CREATE TABLE claims (
      server_id uuid PRIMARY KEY REFERENCES servers (id),
      host text NOT NULL REFERENCES compute_nodes (host),
      vcpus integer NOT NULL,
      memory_mb integer NOT NULL,
      local_gb integer NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX claims_by_host ON claims (host)`.execute(db);
  await sql`
    CREATE TABLE flavors (
      id text PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      name text NOT NULL UNIQUE,
      vcpus integer NOT NULL,
      ram_mb integer NOT NULL,
      root_gb integer NOT NULL,
      ephemeral_gb integer NOT NULL,
      swap_mb integer NOT NULL,
      rxtx_factor double precision NOT NULL,
      is_public boolean NOT NULL,
      disabled boolean NOT NULL,
      description text,
      extra_specs jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`
    CREATE TABLE flavor_projects (
      flavor_id text NOT NULL REFERENCES flavors (id) ON DELETE CASCADE,
      project_id text NOT NULL,
      PRIMARY KEY (flavor_id, project_id)
    )`.execute(db);
  await sql`
    CREATE TABLE keypairs (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      user_id text NOT NULL,
      name text NOT NULL,
      type text NOT NULL,
      fingerprint text NOT NULL,
      public_key text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (user_id, name)
    )`.execute(db);
  await sql`
    CREATE TABLE instance_actions (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      server_id uuid NOT NULL,
      action text NOT NULL,
      request_id text NOT NULL,
      user_id text,
      project_id text,
      message text,
      started_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    )`.execute(db);
  await sql`CREATE INDEX instance_actions_by_server ON instance_actions (server_id, id DESC)`.execute(db);
  await sql`
    CREATE TABLE events (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      type text NOT NULL,
      subject text NOT NULL,
      project_id text,
      request_id text NOT NULL,
      payload jsonb NOT NULL,
      at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX events_by_subject ON events (subject, seq)`.execute(db);
  await sql`
    CREATE TABLE idempotency_keys (
      project_id text NOT NULL,
      key text NOT NULL,
      fingerprint text NOT NULL,
      status integer,
      headers jsonb,
      body text,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (project_id, key)
    )`.execute(db);
  await sql`
    CREATE TABLE scheduling_decisions (
      id uuid PRIMARY KEY,
      server_id uuid NOT NULL,
      request_id text NOT NULL,
      chosen text,
      alternates jsonb NOT NULL,
      refusals jsonb NOT NULL,
      weights jsonb NOT NULL,
      at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX scheduling_decisions_by_server ON scheduling_decisions (server_id, at DESC)`.execute(db);
}
