import { sql } from 'kysely';
import { resourceClass } from '../../../objects/resources.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { CellDb } from '../../sql/queries.ts';
import { transaction } from '../../sql/retry.ts';
import { holdGroupOf, isAgainstGroup } from '../groups/group-members.ts';
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
 * A member of a group is placed only where the group's policy allows it as things are now, whatever the scheduler saw.
 * A claim that the server already has on this very host counts as taken. Answers `lost` when another workflow holds the server.
 */
export async function placeServer(db: CellDb, claim: WorkflowClaim): Promise<'placed' | 'full' | 'lost' | 'against-group'> {
  // A try that was given up may still have been at it, and its claim is not seen until it is there: the second look finds it.
  const first = await stored(place(db, claim, { heedsGroup: false }));
  const outcome = first === 'taken' || first === 'dangling' ? await place(db, claim, { heedsGroup: false }) : first;
  if (outcome !== 'grouped') return outcome;
  const inGroup = () => placeInGroup(db, claim);
  const held = await stored(inGroup());
  return held === 'taken' || held === 'dangling' ? await inGroup() : held;
}

type WorkflowClaim = Claim & { readonly workflowId: string };

/** Claims for a member of a group while nobody else is placed by its policy: a statement that waited for a lock would not see who came before. */
const placeInGroup = (db: CellDb, claim: WorkflowClaim) =>
  transaction(db, async (trx) => {
    await holdGroupOf(trx, claim.serverId);
    const outcome = await place(trx, claim, { heedsGroup: true });
    invariant(outcome !== 'grouped', 'a claim that heeds the group is not told to');
    return outcome;
  });

/** One statement; without `heedsGroup` it leaves a server alone that is in a group. */
async function place(db: CellDb, claim: WorkflowClaim, { heedsGroup }: { readonly heedsGroup: boolean }) {
  const { serverId, host, workflowId } = claim;
  const inGroup = sql`EXISTS (SELECT FROM server_group_members WHERE server_id = ${serverId})`;
  const { rows } = await sql<{ isHeld: boolean; isPlaced: boolean; isBarred: boolean }>`
    WITH barring AS (SELECT ${heedsGroup ? isAgainstGroup(claim) : inGroup} AS is_barred),
    server AS (
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
    SELECT EXISTS (SELECT FROM server) AS "isHeld", EXISTS (SELECT FROM placed) AS "isPlaced", is_barred AS "isBarred" FROM barring`.execute(
    db,
  );
  const [row] = rows;
  if (!row?.isHeld) return 'lost';
  if (row.isPlaced) return 'placed';
  if (!row.isBarred) return 'full';
  return heedsGroup ? 'against-group' : 'grouped';
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
