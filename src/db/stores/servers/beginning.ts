/** Begins work on a server: one statement writes the server's record, the instance action and the event, so none exists without the others. */
import { sql } from 'kysely';
import type { Context } from '../../../lib/context/context.ts';
import type { Server } from '../../../objects/server.ts';
import { type BegunWork, serverCreate } from '../../../events/servers.ts';
import type { InCell } from '../../sql/queries.ts';
import { EVENT_COLUMNS } from '../cloud/row-events.ts';
import { serverEvent } from './server-events.ts';
import { type NewServer, newRow, type ServerState, toServer } from './servers.ts';

/** Inserts a server to build, held by the workflow that will build it. */
export async function insertBoot(trx: InCell, ctx: Context, server: NewServer, workflowId: string): Promise<Server> {
  const row = await trx
    .with('born', (cte) => cte.insertInto('servers').values(newRow(server, workflowId)).returningAll())
    .with('asked', (cte) =>
      cte
        .insertInto('instance_actions')
        .columns(['server_id', 'action', 'request_id', 'user_id', 'project_id'])
        .expression((eb) =>
          eb
            .selectFrom('born')
            .select(['id', sql.lit('create').as('action'), eb.val(ctx.requestId).as('request_id'), 'user_id', 'project_id']),
        ),
    )
    .with('told', (cte) =>
      cte
        .insertInto('events')
        .columns(EVENT_COLUMNS)
        .expression((eb) =>
          eb.selectFrom('born').select(serverEvent('born', { type: sql.lit(serverCreate.start.type), requestId: sql.val(ctx.requestId) })),
        ),
    )
    .selectFrom('born')
    .selectAll()
    .executeTakeFirstOrThrow();
  return toServer(row);
}

/** The work to begin, and its workflow. */
export interface Beginning {
  readonly action: string;
  readonly next: Pick<ServerState, 'task_state'>;
  readonly workflowId: string;
  /** Whether it cancels other work on the server: open actions end as failed. */
  readonly supersedes: boolean;
  readonly work?: BegunWork;
}

/** Takes a server that this transaction has locked. */
export async function beginWork(trx: InCell, ctx: Context, { id }: Server, beginning: Beginning): Promise<void> {
  const { action, next, workflowId, supersedes, work } = beginning;
  await trx
    .with('taken', (cte) =>
      cte
        .updateTable('servers')
        .set({ ...next, workflow_id: workflowId, updated_at: sql`now()` })
        .where('id', '=', id)
        .returningAll(),
    )
    .with('ended', (cte) =>
      cte
        .updateTable('instance_actions')
        .set({ finished_at: sql`now()`, message: 'Error' })
        .where('server_id', '=', id)
        .where('finished_at', 'is', null)
        .where(sql<boolean>`${sql.lit(supersedes)}`)
        .returning(['action', 'request_id']),
    )
    .with('asked', (cte) =>
      cte.insertInto('instance_actions').values({
        server_id: id,
        action,
        request_id: ctx.requestId,
        user_id: ctx.userId,
        project_id: ctx.projectId,
      }),
    )
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom(['taken', 'ended'])
        .select(serverEvent('taken', { type: sql`'server.' || ended.action || '.error'`, requestId: sql.ref('ended.request_id') }))
        .unionAll(
          eb
            .selectFrom('taken')
            .select(
              serverEvent('taken', { type: sql.val(`server.${action}.start`), requestId: sql.val(ctx.requestId), ...(work && { work }) }),
            ),
        ),
    )
    .execute();
}

/** Begins work without a task state, alongside other work on the server: writes the action and the event. */
export async function beginBeside(
  trx: InCell,
  ctx: Context,
  { id }: Server,
  { action, work }: Pick<Beginning, 'action' | 'work'>,
): Promise<void> {
  await trx
    .with('asked', (cte) =>
      cte.insertInto('instance_actions').values({
        server_id: id,
        action,
        request_id: ctx.requestId,
        user_id: ctx.userId,
        project_id: ctx.projectId,
      }),
    )
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom('servers')
        .select(
          serverEvent('servers', { type: sql.val(`server.${action}.start`), requestId: sql.val(ctx.requestId), ...(work && { work }) }),
        )
        .where('servers.id', '=', id),
    )
    .execute();
}
