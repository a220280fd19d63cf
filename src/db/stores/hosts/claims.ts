import { sql } from 'kysely';
import { resourceClass } from '../../../objects/resources.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { CellDb } from '../../sql/queries.ts';
import { transaction } from '../../sql/retry.ts';
import { holdGroupOf, isAgainstGroup } from '../groups/group-members.ts';
import { catchViolation } from '../../sql/constraint-violation.ts';

/** What the flavor in a row takes of its host, as rows. A test compares it with `demandOf`. */
export const demandOfRow = sql`
  SELECT * FROM (VALUES
    (${sql.lit(resourceClass.vcpu)}, (flavor ->> 'vcpus')::int),
    (${sql.lit(resourceClass.memoryMb)}, (flavor ->> 'ramMb')::int),
    (${sql.lit(resourceClass.diskGb)},
      (flavor ->> 'rootGb')::int + (flavor ->> 'ephemeralGb')::int + ceil((flavor ->> 'swapMb')::int / 1024.0)::int)
  ) AS demand (resource_class, amount) WHERE amount > 0`;

/** A claim for a server on a host. */
interface Claim {
  readonly serverId: ServerId;
  readonly host: HostName;
}

/**
 * Claims a server's resources on a host and writes the host into its record, if the host still has room and the workflow still holds the
 * server. One statement: two claims never both take the last place, and whoever sees the claim sees the host. A member of a group is placed
 * only if the group's policy allows it now, whatever the scheduler saw. A claim that the server already has on this host counts as placed.
 * Returns `lost` when another workflow holds the server.
 */
export async function placeServer(db: CellDb, claim: WorkflowClaim): Promise<'placed' | 'full' | 'lost' | 'against-group'> {
  // An abandoned attempt may have inserted the same claim after this statement's snapshot: a second try sees it.
  const first = await catchViolation(place(db, claim, { checksGroup: false }));
  const outcome = first === 'taken' || first === 'dangling' ? await place(db, claim, { checksGroup: false }) : first;
  if (outcome !== 'grouped') return outcome;
  const inGroup = () => placeInGroup(db, claim);
  const held = await catchViolation(inGroup());
  return held === 'taken' || held === 'dangling' ? await inGroup() : held;
}

type WorkflowClaim = Claim & { readonly workflowId: string };

/** Claims for a member of a group under the group's lock. It is locked first, because a statement that waits for a lock sees old rows. */
const placeInGroup = (db: CellDb, claim: WorkflowClaim) =>
  transaction(db, async (trx) => {
    await holdGroupOf(trx, claim.serverId);
    const outcome = await place(trx, claim, { checksGroup: true });
    invariant(outcome !== 'grouped', 'a claim that checks the group policy is not sent back to check it');
    return outcome;
  });

/** One statement. Without `checksGroup` it does not place a server that is in a group. */
async function place(db: CellDb, claim: WorkflowClaim, { checksGroup }: { readonly checksGroup: boolean }) {
  const { serverId, host, workflowId } = claim;
  const inGroup = sql`EXISTS (SELECT FROM server_group_members WHERE server_id = ${serverId})`;
  const { rows } = await sql<{ isHeld: boolean; isPlaced: boolean; isBarred: boolean }>`
    WITH barring AS (SELECT ${checksGroup ? isAgainstGroup(claim) : inGroup} AS is_barred),
    server AS (
      SELECT id, flavor FROM servers WHERE id = ${serverId} AND workflow_id = ${workflowId} FOR NO KEY UPDATE
    ),
    ${claiming({ serverId, host })},
    placed AS (
      UPDATE servers SET host = got.host, node = node_of.node, zone = zone_of_host(got.host, service.zone), task_state = 'networking', updated_at = now()
      FROM got
      JOIN compute_nodes AS node_of ON node_of.host = got.host
      JOIN services AS service ON service.host = got.host AND service.binary = 'nova-compute'
      WHERE servers.id = ${serverId}
      RETURNING servers.id
    )
    SELECT EXISTS (SELECT FROM server) AS "isHeld", EXISTS (SELECT FROM placed) AS "isPlaced", is_barred AS "isBarred" FROM barring`.execute(
    db,
  );
  const [row] = rows;
  if (!row?.isHeld) return 'lost';
  if (row.isPlaced) return 'placed';
  if (!row.isBarred) return 'full';
  return checksGroup ? 'against-group' : 'grouped';
}

/**
 * The part of a statement that claims what the row of `server` wants; `got` then has the host, whether claimed now or before. Inventories
 * are locked before they are compared: a claim that waited for another one sees what that left, in all classes.
 */
const claiming = ({ serverId, host }: Claim) => sql`
    wanted AS (SELECT demand.* FROM server CROSS JOIN LATERAL (${demandOfRow}) AS demand),
    held AS (
      SELECT host FROM placements WHERE server_id = ${serverId} AND host = ${host} AND role = 'current' AND EXISTS (SELECT FROM server)
    ),
    unplaced AS (
      SELECT id FROM server
      WHERE NOT (SELECT is_barred FROM barring) AND EXISTS (SELECT FROM compute_nodes WHERE host = ${host})
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
