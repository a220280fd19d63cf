import { sql } from 'kysely';
import { resourceClass } from '../../../objects/resources.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { Queries } from '../../sql/queries.ts';
import { stored } from '../../sql/unique-violation.ts';

/** What the flavor in a row takes of its host, as rows; as `demandOf` says, and a test holds the two together. */
export const demandOfRow = sql`
  SELECT * FROM (VALUES
    (${sql.lit(resourceClass.vcpu)}, (flavor ->> 'vcpus')::int),
    (${sql.lit(resourceClass.memoryMb)}, (flavor ->> 'ramMb')::int),
    (${sql.lit(resourceClass.diskGb)},
      (flavor ->> 'rootGb')::int + (flavor ->> 'ephemeralGb')::int + ceil((flavor ->> 'swapMb')::int / 1024.0)::int)
  ) AS demand (resource_class, amount) WHERE amount > 0`;

/** For which server on which host. */
interface Claim {
  readonly serverId: ServerId;
  readonly host: HostName;
}

/**
 * Claims a server's share of a host and writes the host into its record, whose networking is next, if the host still has room and the
 * workflow still holds the server: one statement, so two claims never both take the last place, and whoever sees the claim sees the host.
 * A claim that the server already has on this very host counts as taken. Answers `lost` when another workflow holds the server.
 */
export async function placeServer(db: Queries, claim: Claim & { readonly workflowId: string }): Promise<'placed' | 'full' | 'lost'> {
  const { serverId, host, workflowId } = claim;
  const place = sql<{ isHeld: boolean; isPlaced: boolean }>`
    WITH server AS (
      SELECT id, flavor FROM servers WHERE id = ${serverId} AND workflow_id = ${workflowId} FOR NO KEY UPDATE
    ),
    ${claiming({ serverId, host })},
    placed AS (
      UPDATE servers SET host = got.host, node = node_of.node, zone = service.zone, task_state = 'networking', updated_at = now()
      FROM got
      JOIN compute_nodes AS node_of ON node_of.host = got.host
      JOIN services AS service ON service.host = got.host AND service.binary = 'nova-compute'
      WHERE servers.id = ${serverId}
      RETURNING servers.id
    )
    SELECT EXISTS (SELECT FROM server) AS "isHeld", EXISTS (SELECT FROM placed) AS "isPlaced"`;
  // A try that was given up may still have been at it, and its claim is not seen until it is there: the second look finds it.
  const first = await stored(place.execute(db));
  const { rows } = typeof first === 'string' ? await place.execute(db) : first;
  if (!rows[0]?.isHeld) return 'lost';
  return rows[0].isPlaced ? 'placed' : 'full';
}

/**
 * The part of a statement that claims what the row of `server` wants, and leaves the host in `got`: claimed just now, or before. What the host
 * has is locked and then compared: a claim that waited for another one sees what that left, in all classes.
 */
const claiming = ({ serverId, host }: Claim) => sql`
    wanted AS (SELECT demand.* FROM server CROSS JOIN LATERAL (${demandOfRow}) AS demand),
    held AS (
      SELECT host FROM placements WHERE server_id = ${serverId} AND host = ${host} AND role = 'current' AND EXISTS (SELECT FROM server)
    ),
    unplaced AS (
      SELECT id FROM server
      WHERE EXISTS (SELECT FROM compute_nodes WHERE host = ${host})
        AND NOT EXISTS (SELECT FROM placements WHERE server_id = ${serverId} AND (role = 'current' OR host = ${host}))
    ),
    offered AS (
      SELECT inventory.* FROM inventories AS inventory
      WHERE host = ${host} AND EXISTS (SELECT FROM unplaced) AND resource_class IN (SELECT resource_class FROM wanted)
      ORDER BY resource_class FOR NO KEY UPDATE OF inventory
    ),
    fitting AS (
      SELECT id FROM unplaced WHERE NOT EXISTS (
        SELECT FROM wanted LEFT JOIN offered USING (resource_class)
        WHERE (used + amount <= (total - reserved) * allocation_ratio) IS NOT TRUE)
    ),
    counted AS (
      UPDATE inventories AS inventory SET used = inventory.used + wanted.amount FROM wanted CROSS JOIN fitting
      WHERE inventory.host = ${host} AND inventory.resource_class = wanted.resource_class
    ),
    made AS (INSERT INTO placements (server_id, host, role) SELECT id, ${host}, 'current' FROM fitting RETURNING id, host),
    allocated AS (
      INSERT INTO allocations (placement_id, resource_class, amount) SELECT made.id, resource_class, amount FROM made CROSS JOIN wanted
    ),
    got AS (SELECT host FROM held UNION ALL SELECT host FROM made)`;
