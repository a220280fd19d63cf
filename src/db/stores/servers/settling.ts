/** How work on a server ends: its record, its owner's action and the event are one statement, so none is ever without the others. */
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

/** How a server comes to rest after the work of a request. */
export interface Settlement {
  readonly serverId: ServerId;
  /** Who must hold it: by another nothing is changed. */
  readonly workflowId: string;
  readonly next: ServerState;
  readonly requestId: string;
  /** Whether the action that the request began failed; `Error` is how clients recognise it. */
  readonly failed: boolean;
  /** Whether the server gives back all that it holds of hosts. */
  readonly releasesPlacements: boolean;
}

/**
 * Lets go of a server: writes its state, ends the action of the request, and appends the event that ends what the action began. Settled
 * before is settled.
 */
export async function settleServer(db: CellDb, settlement: Settlement): Promise<void> {
  const { serverId, workflowId, next, requestId, failed, releasesPlacements } = settlement;
  const settled = db
    .with('settled', (cte) =>
      cte
        .updateTable('servers')
        .set({ ...next, workflow_id: null, task_state: null, updated_at: sql`now()` })
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
  // After the server, whose row everybody locks before what it holds.
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

/** The type of the event that ends what the action in `ended` began. */
const endOf = (failed: boolean) =>
  failed
    ? sql<string>`coalesce('server.' || ended.action || '.error', ${sql.lit(serverWorkError.type)})`
    : sql<string>`coalesce('server.' || ended.action || '.end', ${sql.lit(serverWorkEnd.type)})`;

type Settled = Database & { settled: Selectable<ServersTable>; ended: { action: string } };

/** The same statement gives back what the server held of hosts. */
function alsoReleasing(settled: QueryCreator<Settled>): QueryCreator<Settled> {
  const { gone, owed, freed } = releasing(sql`server_id IN (SELECT id FROM settled)`);
  return settled
    .with('gone', () => gone)
    .with('owed', () => owed)
    .with('freed', () => freed);
}

/** Ends work that took no task state: the action of the request, and the event. Ended before is ended. */
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
