import { sql } from 'kysely';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { CellDb } from '../../sql/queries.ts';
import { transaction } from '../../sql/retry.ts';
import { holdGroupOf, isAgainstGroup } from '../groups/group-members.ts';
import { catchViolation } from '../../sql/constraint-violation.ts';
import { type Claim, claiming, isVolumeBackedRow } from './claim-statement.ts';
import { isTailoredRow, type Tailored, tailorTo } from './tailored-demand.ts';

/**
 * Claims a server's resources on a host and writes the host into its record, if the host still has room and the workflow still holds the
 * server. One statement: two claims never both take the last place, and whoever sees the claim sees the host. A member of a group is placed
 * only if the group's policy allows it now, and a server with CPUs or nodes of its own gets those that are free now, whatever the scheduler
 * saw. A claim that the server already has on this host counts as placed. Returns `lost` when another workflow holds the server.
 */
export async function placeServer(db: CellDb, claim: WorkflowClaim): Promise<'placed' | 'full' | 'lost' | 'against-group'> {
  // An abandoned attempt may have inserted the same claim after this statement's snapshot: a second try sees it.
  const first = await catchViolation(place(db, claim));
  const outcome = first === 'taken' || first === 'dangling' ? await place(db, claim) : first;
  if (outcome !== 'special') return outcome;
  const underLocks = () => placeUnderLocks(db, claim);
  const held = await catchViolation(underLocks());
  return held === 'taken' || held === 'dangling' ? await underLocks() : held;
}

type WorkflowClaim = Claim & { readonly workflowId: string };

/** Claims for a member of a group, or a tailored server. Locks come first, because a statement that waits for a lock sees old rows. */
const placeUnderLocks = (db: CellDb, claim: WorkflowClaim) =>
  transaction(db, async (trx) => {
    const { serverId, workflowId, host } = claim;
    await holdGroupOf(trx, serverId);
    const server = await trx
      .selectFrom('servers')
      .select(['flavor', 'image', isVolumeBackedRow.as('isVolumeBacked')])
      .where('id', '=', serverId)
      .where('workflow_id', '=', workflowId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!server) return 'lost';
    const placed = await trx
      .selectFrom('placements')
      .select('host')
      .where('server_id', '=', serverId)
      .where('role', '=', 'current')
      .execute();
    if (placed.length > 0) return placed[0]?.host === host ? 'placed' : 'full';
    const tailored = await tailorTo(trx, host, server);
    if (!tailored) return 'full';
    const outcome = await place(trx, claim, tailored);
    invariant(outcome !== 'special', 'a claim under locks is not sent back for them');
    return outcome;
  });

/** One statement. What is not `tailored` is placed only if it takes what the flavor's sizes say, and is in no group. */
async function place(db: CellDb, claim: WorkflowClaim, tailored?: Tailored) {
  const { serverId, host, workflowId } = claim;
  const isSpecial = sql`EXISTS (SELECT FROM server_group_members WHERE server_id = ${serverId})
    OR EXISTS (SELECT FROM servers WHERE id = ${serverId} AND ${isTailoredRow})`;
  const { rows } = await sql<{ isHeld: boolean; isPlaced: boolean; isBarred: boolean }>`
    WITH barring AS (SELECT ${tailored ? isAgainstGroup(claim) : isSpecial} AS is_barred),
    server AS (
      SELECT id, flavor, volumes FROM servers WHERE id = ${serverId} AND workflow_id = ${workflowId} FOR NO KEY UPDATE
    ),
    ${claiming({ serverId, host }, tailored)},
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
  return tailored ? 'against-group' : 'special';
}
