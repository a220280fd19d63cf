/** The records of moves. */
import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import { endedStatuses, type Migration, type MigrationStatus, type MoveEnd } from '../../../objects/migration.ts';
import { asId, isUuid, type HostName, type ServerId } from '../../../objects/ids.ts';
import type { ServerMigrationsTable } from '../../schema/moves.ts';
import { readPage } from '../../sql/paging.ts';
import { cannotBeStored } from '../../sql/text-pattern.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';

/** A row as a migration. */
export const toMigration = (row: Selectable<ServerMigrationsTable>): Migration => ({
  number: row.number,
  id: row.id,
  serverId: asId<ServerId>(row.server_id),
  type: row.type,
  status: row.status,
  source: { host: asId<HostName>(row.source_host), node: row.source_node },
  destination:
    row.dest_host === null ? null : { host: asId<HostName>(row.dest_host), node: row.dest_node ?? row.dest_host, hostIp: row.dest_ip },
  before: { flavor: row.flavor_before, number: row.flavor_before_number },
  after: { flavor: row.flavor_after, number: row.flavor_after_number },
  wasStopped: row.was_stopped,
  transfer: row.transfer,
  userId: row.user_id,
  projectId: row.project_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** A move that begins. */
export type NewMigration = Pick<
  Migration,
  'id' | 'serverId' | 'type' | 'status' | 'before' | 'after' | 'wasStopped' | 'userId' | 'projectId'
> & {
  readonly source: MoveEnd;
};

/** Records a move that begins. */
export async function insertMigration(trx: InCell, migration: NewMigration): Promise<void> {
  const { before, after, source } = migration;
  await trx
    .insertInto('server_migrations')
    .values({
      id: migration.id,
      server_id: migration.serverId,
      type: migration.type,
      status: migration.status,
      source_host: source.host,
      source_node: source.node,
      flavor_before: JSON.stringify(before.flavor),
      flavor_before_number: before.number,
      flavor_after: JSON.stringify(after.flavor),
      flavor_after_number: after.number,
      was_stopped: migration.wasStopped,
      user_id: migration.userId,
      project_id: migration.projectId,
    })
    .execute();
}

/** The move of this id. */
export async function findMigration(db: CellDb, id: string): Promise<Migration | undefined> {
  const row = await db.selectFrom('server_migrations').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toMigration(row);
}

/** The server's latest move that has this status. */
export async function latestMigration(db: CellDb, serverId: ServerId, status: MigrationStatus): Promise<Migration | undefined> {
  const row = await db
    .selectFrom('server_migrations')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('status', '=', status)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toMigration(row);
}

/** Notes where a move stands. Callers fence it by the server that they hold. */
export async function noteMigration(db: CellDb, id: string, status: MigrationStatus): Promise<void> {
  await db
    .updateTable('server_migrations')
    .set({ status, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('status', '<>', status)
    .execute();
}

/** Notes the host that a move goes to; undefined when it has none any more. */
export async function noteDestination(db: CellDb, id: string, host: HostName | undefined): Promise<void> {
  const node = <T extends 'node' | 'host_ip'>(column: T) =>
    sql<string | null>`(SELECT ${sql.ref(column)} FROM compute_nodes WHERE host = ${host ?? null})`;
  await db
    .updateTable('server_migrations')
    .set({ dest_host: host ?? null, dest_node: node('node'), dest_ip: node('host_ip'), updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Completes the evacuations from a host that is back: it destroys what it still has of their servers. */
export async function completeEvacuations(db: CellDb, source: HostName): Promise<void> {
  await db
    .updateTable('server_migrations')
    .set({ status: 'completed', updated_at: sql`now()` })
    .where('source_host', '=', source)
    .where('status', '=', sql.lit('done'))
    .execute();
}

/** Whether the server was ever evacuated from the host, which may not have destroyed its guest yet. */
export async function wasEvacuatedFrom(db: CellDb, serverId: ServerId, source: HostName): Promise<boolean> {
  const evacuations = db.selectFrom('server_migrations').select('id').where('type', '=', 'evacuation');
  return (await evacuations.where('server_id', '=', serverId).where('source_host', '=', source).limit(1).execute()).length > 0;
}

/** Ends the moves of a server that is gone: a resize counts as confirmed, as it can be reverted no more. */
export async function endMigrations(trx: InCell, serverId: ServerId): Promise<void> {
  await trx
    .updateTable('server_migrations')
    .set({
      status: sql`CASE status WHEN 'finished' THEN 'confirmed' WHEN 'confirming' THEN 'confirmed' ELSE 'error' END`,
      updated_at: sql`now()`,
    })
    .where('server_id', '=', serverId)
    .where('status', 'not in', [...endedStatuses])
    .execute();
}

/** Which moves to list; absent conditions hold for all. */
export interface MigrationQuery {
  /** The project of the servers. */
  readonly ofProject?: string | undefined;
  /** A host at either end. */
  readonly host?: string | undefined;
  readonly source?: string | undefined;
  readonly status?: string | undefined;
  readonly type?: string | undefined;
  readonly serverId?: string | undefined;
  /** Who asked for it. */
  readonly userId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly changedSince?: Date | undefined;
  readonly changedBefore?: Date | undefined;
  readonly limit?: number | undefined;
  /** The id of the move before the page. */
  readonly marker?: string | undefined;
}

/** A page of moves, newest first; undefined when its marker is unknown. */
export async function listMigrations(db: CellDb, query: MigrationQuery): Promise<readonly Migration[] | undefined> {
  const { limit, marker } = query;
  if (marker !== undefined && !isUuid(marker)) return undefined;
  if (Object.values(query).some((value) => typeof value === 'string' && cannotBeStored(value))) return [];
  if (query.serverId !== undefined && !isUuid(query.serverId)) return [];
  const conditions = [
    given(query.ofProject, (id) => sql`server_id IN (SELECT id FROM servers WHERE project_id = ${id})`),
    given(query.host, (host) => sql`(source_host = ${host} OR dest_host = ${host})`),
    given(query.source, (host) => sql`source_host = ${host}`),
    given(query.status, (status) => sql`status = ${status}`),
    given(query.type, (type) => sql`type = ${type}`),
    given(query.serverId, (id) => sql`server_id = ${id}`),
    given(query.userId, (id) => sql`user_id = ${id}`),
    given(query.projectId, (id) => sql`project_id = ${id}`),
    given(query.changedSince, (time) => sql`updated_at >= ${time}`),
    given(query.changedBefore, (time) => sql`updated_at <= ${time}`),
  ].flat();
  const visible = conditions.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`${sql.join(conditions, sql` AND `)}`;
  const rows = await readPage(db, db.selectFrom('server_migrations').selectAll().where(visible), {
    order: [{ by: sql.ref('number'), direction: 'desc' }],
    limit,
    after: marker === undefined ? undefined : { from: sql`server_migrations`, where: sql<SqlBool>`id = ${marker} AND ${visible}` },
  });
  return rows?.map(toMigration);
}

const given = <T>(value: T | undefined, condition: (value: T) => RawBuilder<unknown>): RawBuilder<unknown>[] =>
  value === undefined ? [] : [condition(value)];
