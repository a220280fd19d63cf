/** Ends work on a server: one statement writes the server's record, the instance action and the event, so none exists without the others. */
import { type QueryCreator, type Selectable, sql } from 'kysely';
import type { ServerId } from '../../../objects/ids.ts';
import { serverWorkEnd, serverWorkError } from '../../../events/servers.ts';
import type { Database } from '../../schema/index.ts';
import type { ServersTable } from '../../schema/servers.ts';
import type { CellDb } from '../../sql/queries.ts';
import { EVENT_COLUMNS } from '../cloud/row-events.ts';
import { leavingGroups } from '../groups/group-members.ts';
import { releasing } from '../hosts/placements.ts';
import { serverEvent } from './server-events.ts';
import type { ServerState } from './servers.ts';

/** How a request's work on a server ends. */
export interface Settlement {
  readonly serverId: ServerId;
  /** The workflow that must hold the server; otherwise nothing changes. */
  readonly workflowId: string;
  readonly next: ServerState;
  readonly requestId: string;
  /** Whether the request's action failed. */
  readonly failed: boolean;
  /** Whether to release all the server's placements. */
  readonly releasesPlacements: boolean;
}

/**
 * Releases a server from its workflow: writes its state, ends the request's action and appends the end event. A no-op when already settled.
 */
export async function settleServer(db: CellDb, settlement: Settlement): Promise<void> {
  const { serverId, workflowId, next, requestId, failed, releasesPlacements } = settlement;
  const settled = db
    .with('settled', (cte) =>
      cte
        .updateTable('servers')
        .set({ ...next, workflow_id: null, task_state: null, admin_password: null, updated_at: sql`now()` })
        .where('id', '=', serverId)
        .where('workflow_id', '=', workflowId)
        .returningAll(),
    )
    .with('ended', (cte) =>
      cte
        .updateTable('instance_actions')
        .from('settled')
        .set({ finished_at: sql`now()`, message: failed ? 'Error' : null })
        .whereRef('instance_actions.server_id', '=', 'settled.id')
        .where('request_id', '=', requestId)
        .where('finished_at', 'is', null)
        .returning('action'),
    )
    .with('left_groups', () => leavingGroups(sql`server_id IN (SELECT id FROM settled WHERE vm_state = 'deleted')`));
  // After the server: all code locks its row before its placements.
  await (releasesPlacements ? alsoReleasing(settled) : settled)
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom('settled')
        .leftJoin('ended', (join) => join.onTrue())
        .select(serverEvent('settled', { type: endOf(failed), requestId: sql.val(requestId) }))
        .limit(1),
    )
    .execute();
}

/** The type of the end event for the action in `ended`. */
const endOf = (failed: boolean) =>
  failed
    ? sql<string>`coalesce('server.' || ended.action || '.error', ${sql.lit(serverWorkError.type)})`
    : sql<string>`coalesce('server.' || ended.action || '.end', ${sql.lit(serverWorkEnd.type)})`;

type Settled = Database & { settled: Selectable<ServersTable>; ended: { action: string } };

/** The same statement also releases the server's placements. */
function alsoReleasing(settled: QueryCreator<Settled>): QueryCreator<Settled> {
  const { gone, owed, freed } = releasing(sql`server_id IN (SELECT id FROM settled)`);
  return settled
    .with('gone', () => gone)
    .with('owed', () => owed)
    .with('freed', () => freed);
}

/** Ends work without a task state: the request's action, and the event. A no-op when already ended. */
export async function endBeside(
  db: CellDb,
  { serverId, requestId, failed }: Pick<Settlement, 'serverId' | 'requestId' | 'failed'>,
): Promise<void> {
  await db
    .with('ended', (cte) =>
      cte
        .updateTable('instance_actions')
        .set({ finished_at: sql`now()`, message: failed ? 'Error' : null })
        .where('server_id', '=', serverId)
        .where('request_id', '=', requestId)
        .where('finished_at', 'is', null)
        .returning('action'),
    )
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom(['servers', 'ended'])
        .select(serverEvent('servers', { type: endOf(failed), requestId: sql.val(requestId) }))
        .where('servers.id', '=', serverId)
        .limit(1),
    )
    .execute();
}
