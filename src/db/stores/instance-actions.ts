import { sql } from 'kysely';
import type { Context } from '../../lib/context/context.ts';
import type { Queries } from './queries.ts';

/** Notes that a user asked something of a server. */
export async function startAction(db: Queries, ctx: Context, action: { serverId: string; name: string }): Promise<void> {
  await db
    .insertInto('instance_actions')
    .values({ server_id: action.serverId, action: action.name, request_id: ctx.requestId, user_id: ctx.userId, project_id: ctx.projectId })
    .execute();
}

/** Notes how it ended; `message` is 'Error' when it failed (that is how clients recognise it). */
export async function finishAction(db: Queries, action: { serverId: string; requestId: string; failed: boolean }): Promise<void> {
  await db
    .updateTable('instance_actions')
    .set({ finished_at: sql`now()`, message: action.failed ? 'Error' : null })
    .where('server_id', '=', action.serverId)
    .where('request_id', '=', action.requestId)
    .where('finished_at', 'is', null)
    .execute();
}

/** Notes that whatever was being done to a server gave way to something else. */
export async function endOpenActions(db: Queries, serverId: string): Promise<void> {
  await db
    .updateTable('instance_actions')
    .set({ finished_at: sql`now()`, message: 'Error' })
    .where('server_id', '=', serverId)
    .where('finished_at', 'is', null)
    .execute();
}
