/**
 * What servers hold of hosts, beside the claim of a boot. Everybody locks in this order, so nobody waits in a circle: the server, its placements,
 * inventories by host and class, the host's own row, and what triggers note.
 */
import { type RawBuilder, sql } from 'kysely';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import { demandOfRow } from './claims.ts';

/**
 * Parts of a statement that give back the placements of one server of which a condition is true; each part needs those before it. The
 * allocations go with their placements, and are read as they were before that; the offset keeps the planner from reading all of them.
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
    UPDATE inventories AS inventory SET used = inventory.used - owed.amount FROM owed
    WHERE inventory.host = owed.host AND inventory.resource_class = owed.resource_class
    RETURNING inventory.host
  )`,
});

/** Gives back all that a server holds of hosts, or of one host; a server that holds nothing is left as it is. */
export async function releasePlacements(db: CellDb, serverId: ServerId, { host }: { readonly host?: HostName } = {}): Promise<void> {
  const { gone, owed, freed } = releasing(sql`server_id = ${serverId}${host === undefined ? sql`` : sql` AND host = ${host}`}`);
  await sql`WITH gone AS ${gone}, owed AS ${owed}, freed AS ${freed} SELECT FROM freed`.execute(db);
}

/** Writes down what a server that is on a host takes there, whether the host has that or not; it has no placement there. */
export async function bookPlacement(trx: InCell, { serverId, host }: { serverId: ServerId; host: HostName }): Promise<void> {
  await sql`
    WITH wanted AS (SELECT demand.* FROM servers CROSS JOIN LATERAL (${demandOfRow}) AS demand WHERE id = ${serverId}),
    owing AS (
      SELECT inventory.host, inventory.resource_class FROM inventories AS inventory JOIN wanted USING (resource_class)
      WHERE inventory.host = ${host} ORDER BY inventory.resource_class FOR NO KEY UPDATE OF inventory
    ),
    counted AS (
      UPDATE inventories AS inventory SET used = inventory.used + wanted.amount FROM owing JOIN wanted USING (resource_class)
      WHERE inventory.host = owing.host AND inventory.resource_class = owing.resource_class
    ),
    made AS (INSERT INTO placements (server_id, host, role) SELECT ${serverId}::uuid, host, 'current' FROM compute_nodes WHERE host = ${host} RETURNING id)
    INSERT INTO allocations (placement_id, resource_class, amount) SELECT made.id, resource_class, amount FROM made CROSS JOIN wanted`.execute(
    trx,
  );
}
