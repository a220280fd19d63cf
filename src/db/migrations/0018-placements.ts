import { type Kysely, sql } from 'kysely';

/**
 * A server may be on two hosts, and hosts have any number of resource classes: placements, inventories and allocations replace claims and
 * the columns for three resources. Claims are carried over, and the usage of hosts is recounted from them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createTables(db);
  await carryOver(db);
  await sql`DROP TABLE claims`.execute(db);
  await sql`
    ALTER TABLE compute_nodes
      DROP COLUMN vcpus, DROP COLUMN memory_mb, DROP COLUMN local_gb,
      DROP COLUMN vcpus_used, DROP COLUMN memory_mb_used, DROP COLUMN local_gb_used,
      DROP COLUMN cpu_allocation_ratio, DROP COLUMN ram_allocation_ratio, DROP COLUMN disk_allocation_ratio,
      DROP COLUMN reserved_memory_mb`.execute(db);
  await noteChanges(db);
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE placements (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      server_id uuid NOT NULL REFERENCES servers (id),
      host text NOT NULL REFERENCES compute_nodes (host),
      role text NOT NULL CHECK (role IN ('current', 'incoming', 'outgoing')),
      workflow_id text,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (server_id, host),
      CONSTRAINT incoming_is_held CHECK (role <> 'incoming' OR workflow_id IS NOT NULL)
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX placements_one_current ON placements (server_id) WHERE role = 'current'`.execute(db);
  await sql`CREATE INDEX placements_by_host ON placements (host)`.execute(db);
  // Free space in each page for updated rows: the counters change with every claim and release.
  await sql`
    CREATE TABLE inventories (
      host text NOT NULL REFERENCES compute_nodes (host) ON DELETE CASCADE,
      resource_class text NOT NULL,
      total integer NOT NULL,
      reserved integer NOT NULL,
      allocation_ratio double precision NOT NULL,
      used integer NOT NULL DEFAULT 0 CHECK (used >= 0),
      PRIMARY KEY (host, resource_class)
    ) WITH (fillfactor = 70)`.execute(db);
  await sql`
    CREATE TABLE allocations (
      placement_id bigint NOT NULL REFERENCES placements (id) ON DELETE CASCADE,
      resource_class text NOT NULL,
      amount integer NOT NULL CHECK (amount > 0),
      PRIMARY KEY (placement_id, resource_class)
    )`.execute(db);
}

/** Copies claims and the three resources of nodes to the new tables. */
async function carryOver(db: Kysely<unknown>): Promise<void> {
  await sql`
    INSERT INTO placements (server_id, host, role, created_at)
    SELECT server_id, host, 'current', created_at FROM claims ORDER BY created_at`.execute(db);
  await sql`
    INSERT INTO allocations (placement_id, resource_class, amount)
    SELECT placement.id, taken.resource_class, taken.amount
    FROM placements AS placement JOIN claims AS claim USING (server_id, host)
    CROSS JOIN LATERAL (VALUES ('VCPU', claim.vcpus), ('MEMORY_MB', claim.memory_mb), ('DISK_GB', claim.local_gb)) AS taken (resource_class, amount)
    WHERE taken.amount > 0`.execute(db);
  await sql`
    INSERT INTO inventories (host, resource_class, total, reserved, allocation_ratio, used)
    SELECT node.host, has.resource_class, has.total, has.reserved, has.allocation_ratio, coalesce((
      SELECT sum(allocation.amount) FROM placements AS placement JOIN allocations AS allocation ON allocation.placement_id = placement.id
      WHERE placement.host = node.host AND allocation.resource_class = has.resource_class), 0)
    FROM compute_nodes AS node CROSS JOIN LATERAL (VALUES
      ('VCPU', node.vcpus, 0, node.cpu_allocation_ratio),
      ('MEMORY_MB', node.memory_mb, node.reserved_memory_mb, node.ram_allocation_ratio),
      ('DISK_GB', node.local_gb, 0, node.disk_allocation_ratio)
    ) AS has (resource_class, total, reserved, allocation_ratio)`.execute(db);
}

/** Records the hosts whose inventories a statement changed, once for each statement: a claim changes a row for each class. */
async function noteChanges(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION inventories_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO host_changes (host) SELECT DISTINCT host FROM changed ORDER BY host
      ON CONFLICT (host) DO UPDATE SET changed_in = excluded.changed_in WHERE host_changes.changed_in <> excluded.changed_in;
      RETURN NULL;
    END $$`.execute(db);
  for (const [event, rows] of [
    ['insert', 'new'],
    ['update', 'new'],
    ['delete', 'old'],
  ] as const)
    await sql`
      CREATE TRIGGER ${sql.ref(`note_${event}`)} AFTER ${sql.raw(event)} ON inventories
      REFERENCING ${sql.raw(rows)} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION inventories_changed()`.execute(db);
}
