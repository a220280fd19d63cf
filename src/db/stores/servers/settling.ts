/** How work on a server ends: its record, its owner's action and the event are one statement, so none is ever without the others. */
import { sql } from 'kysely';
import type { ServerId } from '../../../objects/ids.ts';
import type { Queries } from '../../sql/queries.ts';
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
  /** Whether the server gives back what it has claimed. */
  readonly releasesClaim: boolean;
}

/** Lets go of a server: writes its state, ends the action of the request, and appends the event. Settled before is settled. */
export async function settleServer(db: Queries, settlement: Settlement): Promise<void> {
  const { serverId, workflowId, next, requestId, failed, event, releasesClaim } = settlement;
  await db
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
    )
    // After the server, whose row everybody locks before its host's.
    .with('released', (cte) =>
      cte
        .deleteFrom('claims')
        .using('settled')
        .whereRef('claims.server_id', '=', 'settled.id')
        .where(sql<boolean>`${sql.lit(releasesClaim)}`)
        .returning(['claims.host', 'claims.vcpus', 'claims.memory_mb', 'claims.local_gb']),
    )
    .with('freed', (cte) =>
      cte
        .updateTable('compute_nodes as node')
        .from('released')
        .set({
          vcpus_used: sql`node.vcpus_used - released.vcpus`,
          memory_mb_used: sql`node.memory_mb_used - released.memory_mb`,
          local_gb_used: sql`node.local_gb_used - released.local_gb`,
        })
        .whereRef('node.host', '=', 'released.host'),
    )
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
