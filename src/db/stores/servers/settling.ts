/** How work on a server ends: its record, its owner's action and the event are one statement, so none is ever without the others. */
import { type QueryCreator, sql } from 'kysely';
import type { ServerId } from '../../../objects/ids.ts';
import type { Database } from '../../schema/index.ts';
import type { Queries } from '../../sql/queries.ts';
import { releasing } from '../hosts/placements.ts';
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
  /** The type of the event. */
  readonly event: string;
  /** Whether the server gives back all that it holds of hosts. */
  readonly releasesPlacements: boolean;
}

/** Lets go of a server: writes its state, ends the action of the request, and appends the event. Settled before is settled. */
export async function settleServer(db: Queries, settlement: Settlement): Promise<void> {
  const { serverId, workflowId, next, requestId, failed, event, releasesPlacements } = settlement;
  const settled = db
    .with('settled', (cte) =>
      cte
        .updateTable('servers')
        .set({ ...next, workflow_id: null, task_state: null, updated_at: sql`now()` })
        .where('id', '=', serverId)
        .where('workflow_id', '=', workflowId)
        .returning(['id', 'project_id']),
    )
    .with('ended', (cte) =>
      cte
        .updateTable('instance_actions')
        .from('settled')
        .set({ finished_at: sql`now()`, message: failed ? 'Error' : null })
        .whereRef('instance_actions.server_id', '=', 'settled.id')
        .where('request_id', '=', requestId)
        .where('finished_at', 'is', null),
    );
  // After the server, whose row everybody locks before what it holds.
  await (releasesPlacements ? alsoReleasing(settled) : settled)
    .insertInto('events')
    .columns(['type', 'subject', 'project_id', 'request_id', 'payload'])
    .expression((eb) =>
      eb
        .selectFrom('settled')
        .select([
          eb.val(event).as('type'),
          sql<string>`settled.id::text`.as('subject'),
          'settled.project_id',
          eb.val(requestId).as('request_id'),
          sql<string>`'{}'::jsonb`.as('payload'),
        ]),
    )
    .execute();
}

type Settled = Database & { settled: { id: string; project_id: string } };

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
  db: Queries,
  { serverId, requestId, failed, event }: Pick<Settlement, 'serverId' | 'requestId' | 'failed' | 'event'>,
): Promise<void> {
  await db
    .with('ended', (cte) =>
      cte
        .updateTable('instance_actions')
        .set({ finished_at: sql`now()`, message: failed ? 'Error' : null })
        .where('server_id', '=', serverId)
        .where('request_id', '=', requestId)
        .where('finished_at', 'is', null)
        .returning(['server_id', 'project_id']),
    )
    .insertInto('events')
    .columns(['type', 'subject', 'project_id', 'request_id', 'payload'])
    .expression((eb) =>
      eb
        .selectFrom('ended')
        .select([
          eb.val(event).as('type'),
          sql<string>`ended.server_id::text`.as('subject'),
          'ended.project_id',
          eb.val(requestId).as('request_id'),
          sql<string>`'{}'::jsonb`.as('payload'),
        ]),
    )
    .execute();
}
