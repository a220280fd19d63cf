/**
 * Placements of servers on hosts, except the claim of a boot. To avoid deadlocks all code locks in this order: the server, its placements,
 * inventories by host and class, the host's own row, and the rows that triggers write.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Sizing } from '../../../objects/demand.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { GuestPlacement } from '../../../objects/numa/guest-placement.ts';
import type { PlacedDevice } from '../../../objects/pci/host-device.ts';
import type { PlacementRole } from '../../../objects/placement-role.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import { jsonOf } from './claim-statement.ts';
import { demandRows } from './tailored-demand.ts';

/**
 * Parts of a statement that release those placements of one server that meet a condition; each part needs those before it. A server may have
 * two on one host, so amounts are summed: an UPDATE changes each of its rows once. Allocations
 * are deleted with their placements but read here from before that. OFFSET keeps the planner from reading all allocations.
 */
export const releasing = (condition: RawBuilder<unknown>): Record<'gone' | 'owed' | 'freed', RawBuilder<Record<string, unknown>>> => ({
  gone: sql`(DELETE FROM placements WHERE ${condition} RETURNING id, host)`,
  owed: sql`(
    SELECT inventory.host, inventory.resource_class, given.amount
    FROM gone CROSS JOIN LATERAL (SELECT * FROM allocations WHERE placement_id = gone.id OFFSET 0) AS given
    JOIN inventories AS inventory ON inventory.host = gone.host AND inventory.resource_class = given.resource_class
    ORDER BY inventory.host, inventory.resource_class FOR NO KEY UPDATE OF inventory
  )`,
  freed: sql`(
    UPDATE inventories AS inventory SET used = inventory.used - total.amount
    FROM (SELECT host, resource_class, sum(amount) AS amount FROM owed GROUP BY host, resource_class) AS total
    WHERE inventory.host = total.host AND inventory.resource_class = total.resource_class
    RETURNING inventory.host
  )`,
});

/** Releases a server's placements on all hosts or on one, in all roles or in one; a no-op when there are none. */
export async function releasePlacements(
  db: CellDb,
  serverId: ServerId,
  { host, role }: { readonly host?: HostName; readonly role?: PlacementRole } = {},
): Promise<void> {
  const { gone, owed, freed } = releasing(
    sql`server_id = ${serverId}${host === undefined ? sql`` : sql` AND host = ${host}`}${role === undefined ? sql`` : sql` AND role = ${role}`}`,
  );
  await sql`WITH gone AS ${gone}, owed AS ${owed}, freed AS ${freed} SELECT FROM freed`.execute(db);
}

/** A server that is on a host, whatever the books say. */
interface Booking extends Sizing {
  readonly isVolumeBacked: boolean;
  readonly id: ServerId;
  readonly host: HostName;
  readonly numa: GuestPlacement | null;
  readonly devices: readonly PlacedDevice[] | null;
}

/** Records a placement for a server that is on a host without one, even if the host has no room. */
export async function bookPlacement(trx: InCell, { id: serverId, host, numa, devices, ...sizing }: Booking): Promise<void> {
  await sql`
    WITH wanted AS (${demandRows(sizing, devices)}),
    owing AS (
      SELECT inventory.host, inventory.resource_class FROM inventories AS inventory JOIN wanted USING (resource_class)
      WHERE inventory.host = ${host} ORDER BY inventory.resource_class FOR NO KEY UPDATE OF inventory
    ),
    counted AS (
      UPDATE inventories AS inventory SET used = inventory.used + wanted.amount FROM owing JOIN wanted USING (resource_class)
      WHERE inventory.host = owing.host AND inventory.resource_class = owing.resource_class
    ),
    made AS (
      INSERT INTO placements (server_id, host, role, numa, devices)
      SELECT ${serverId}::uuid, host, 'current', ${jsonOf(numa)}, ${jsonOf(devices)} FROM compute_nodes WHERE host = ${host} RETURNING id
    )
    INSERT INTO allocations (placement_id, resource_class, amount) SELECT made.id, resource_class, amount FROM made CROSS JOIN wanted`.execute(
    trx,
  );
}
