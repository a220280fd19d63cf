import { type Selectable, type SqlBool, sql } from 'kysely';
import type { Context } from '../../../lib/context/context.ts';
import type { InstanceActionsTable } from '../../schema/servers.ts';
import { readPage } from '../../sql/paging.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import { cannotBeStored } from '../../sql/text-pattern.ts';
import { EVENT_COLUMNS } from '../cloud/row-events.ts';
import { serverEvent } from './server-events.ts';

/** Records the start of an action on a server. */
export async function startAction(db: CellDb, ctx: Context, action: { serverId: string; name: string }): Promise<void> {
  await db
    .insertInto('instance_actions')
    .values({ server_id: action.serverId, action: action.name, request_id: ctx.requestId, user_id: ctx.userId, project_id: ctx.projectId })
    .execute();
}

/** Records an action on a server that succeeded or failed at once. */
export async function recordAction(db: CellDb, ctx: Context, action: { serverId: string; name: string; failed?: boolean }): Promise<void> {
  await startAction(db, ctx, action);
  await finishAction(db, { serverId: action.serverId, requestId: ctx.requestId, failed: action.failed ?? false });
}

/** Records how an action ended; `message` is 'Error' when it failed, by which clients recognise it. */
export async function finishAction(db: CellDb, action: { serverId: string; requestId: string; failed: boolean }): Promise<void> {
  await db
    .updateTable('instance_actions')
    .set({ finished_at: sql`now()`, message: action.failed ? 'Error' : null })
    .where('server_id', '=', action.serverId)
    .where('request_id', '=', action.requestId)
    .where('finished_at', 'is', null)
    .execute();
}

/** Ends the open actions of a server as failed, because other work supersedes them. @returns how many there were */
export async function endOpenActions(trx: InCell, serverId: string): Promise<number> {
  const told = await trx
    .with('ended', (cte) =>
      cte
        .updateTable('instance_actions')
        .set({ finished_at: sql`now()`, message: 'Error' })
        .where('server_id', '=', serverId)
        .where('finished_at', 'is', null)
        .returning(['action', 'request_id']),
    )
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom(['servers', 'ended'])
        .select(serverEvent('servers', { type: sql`'server.' || ended.action || '.error'`, requestId: sql.ref('ended.request_id') }))
        .where('servers.id', '=', serverId),
    )
    .executeTakeFirst();
  return Number(told.numInsertedOrUpdatedRows ?? 0n);
}

/** A user's action on a server. */
export interface InstanceAction {
  readonly serverId: string;
  readonly name: string;
  readonly requestId: string;
  readonly userId: string | null;
  readonly projectId: string | null;
  readonly message: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

type Row = Selectable<InstanceActionsTable>;

const toAction = (row: Row): InstanceAction => ({
  serverId: row.server_id,
  name: row.action,
  requestId: row.request_id,
  userId: row.user_id,
  projectId: row.project_id,
  message: row.message,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});

/** Which actions of a server to list, newest first. */
export interface ActionQuery {
  readonly serverId: string;
  readonly limit: number;
  /** The request id of the last action of the previous page. */
  readonly marker?: string;
  readonly changesSince?: Date;
  readonly changesBefore?: Date;
}

/** @returns undefined when the server has no action with the marker's request id */
export async function listActions(db: CellDb, query: ActionQuery): Promise<readonly InstanceAction[] | undefined> {
  const { serverId, limit, marker, changesSince, changesBefore } = query;
  if (cannotBeStored(marker)) return undefined;
  let select = db.selectFrom('instance_actions').selectAll().where('server_id', '=', serverId);
  // An action that has not ended was last changed when it began.
  if (changesSince) select = select.where(sql<boolean>`coalesce(finished_at, started_at) >= ${changesSince}`);
  if (changesBefore) select = select.where(sql<boolean>`coalesce(finished_at, started_at) <= ${changesBefore}`);
  const order = [{ by: sql.ref('id'), direction: 'desc' as const }];
  const after = marker === undefined ? undefined : { from: sql`instance_actions`, where: isNewestOf({ serverId, requestId: marker }) };
  return (await readPage(db, select, { order, limit, after }))?.map(toAction);
}

/** One request may have several actions on a server. */
const isNewestOf = ({ serverId, requestId }: { serverId: string; requestId: string }) =>
  sql<SqlBool>`id = (SELECT max(id) FROM instance_actions WHERE server_id = ${serverId} AND request_id = ${requestId})`;

export async function findAction(db: CellDb, key: { serverId: string; requestId: string }): Promise<InstanceAction | undefined> {
  const row = await rowOf(db, key);
  return row && toAction(row);
}

async function rowOf(db: CellDb, { serverId, requestId }: { serverId: string; requestId: string }): Promise<Row | undefined> {
  // PostgreSQL refuses text with the character 0; no request id has it.
  if (requestId.includes('\0')) return undefined;
  return await db
    .selectFrom('instance_actions')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('request_id', '=', requestId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}
