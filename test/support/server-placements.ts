/** Reads placements and the usage of hosts for tests, and inserts placements as moves of servers leave them. */
import { sql } from 'kysely';
import type { Queries } from '../../src/db/sql/queries.ts';
import type { PlacementRole } from '../../src/objects/placement-role.ts';

/** The usage of a host, by resource class. */
export async function usedOf(db: Queries, host: string): Promise<Readonly<Record<string, number>>> {
  const rows = await db.selectFrom('inventories').select(['resource_class', 'used']).where('host', '=', host).execute();
  return Object.fromEntries(rows.map(({ resource_class, used }) => [resource_class, used]));
}

interface Planted {
  readonly serverId: string;
  readonly host: string;
  readonly role: PlacementRole;
  readonly workflowId?: string | null;
}

/** Inserts a placement with one CPU and 512 MB, counted on its host, as a workflow does. */
export async function plantPlacement(db: Queries, { serverId, host, role, workflowId = null }: Planted): Promise<void> {
  await sql`
    WITH wanted (resource_class, amount) AS (VALUES ('VCPU', 1), ('MEMORY_MB', 512)),
    counted AS (
      UPDATE inventories SET used = used + amount FROM wanted WHERE host = ${host} AND inventories.resource_class = wanted.resource_class
    ),
    made AS (
      INSERT INTO placements (server_id, host, role, workflow_id) VALUES (${serverId}, ${host}, ${role}, ${workflowId}) RETURNING id
    )
    INSERT INTO allocations (placement_id, resource_class, amount) SELECT id, resource_class, amount FROM made CROSS JOIN wanted`.execute(
    db,
  );
}
