/** Live migrations: those in progress, their turns at their source host, how far they are. */
import { sql } from 'kysely';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { Transfer } from '../../../objects/live-migration.ts';
import type { Migration, MigrationStatus } from '../../../objects/migration.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import { toMigration } from './migrations.ts';

/** Statuses in which clients see a live migration as in progress. */
export const shownStatuses = ['queued', 'preparing', 'running', 'post-migrating'] as const satisfies readonly MigrationStatus[];

/** The live migrations of a server that are in progress, oldest first. */
export async function liveMigrationsOf(db: CellDb, serverId: ServerId): Promise<readonly Migration[]> {
  const rows = await db
    .selectFrom('server_migrations')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('type', '=', 'live-migration')
    .where('status', 'in', [...shownStatuses])
    .orderBy('number')
    .execute();
  return rows.map(toMigration);
}

/** The move of a server that has this number. */
export async function findMigrationByNumber(db: CellDb, serverId: ServerId, number: number): Promise<Migration | undefined> {
  const row = await db
    .selectFrom('server_migrations')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && toMigration(row);
}

/** A live migration that waits for its turn at the host that its server leaves. */
export interface Waiting {
  readonly migrationId: string;
  readonly host: HostName;
  /** Live migrations that a host does at a time. */
  readonly atATime: number;
}

/**
 * Takes the turn of a live migration, which from then on is in preparation; those that queued before it go first. One whose server is no
 * longer held by its work counts neither as under way nor as waiting. @returns whether it has its turn
 */
export async function takeTurn(trx: InCell, { migrationId, host, atATime }: Waiting): Promise<boolean> {
  // Two that look at the same moment must not both see the same free turn.
  await trx.selectFrom('compute_nodes').select('host').where('host', '=', host).forNoKeyUpdate().executeTakeFirst();
  const { rows } = await sql`
    WITH alive AS (
      SELECT move.number, move.id, move.status FROM server_migrations AS move JOIN servers ON servers.id = move.server_id
      WHERE move.type = 'live-migration' AND move.source_host = ${host} AND servers.task_state = 'migrating'
        AND move.status IN ('queued', 'preparing', 'running', 'post-migrating')
    ),
    mine AS (SELECT number, status FROM alive WHERE id = ${migrationId}),
    taken AS (
      UPDATE server_migrations SET status = 'preparing', updated_at = now() WHERE id = ${migrationId} AND status = 'queued'
        AND (SELECT count(*) FROM alive, mine WHERE alive.status <> 'queued' OR alive.number < mine.number) < ${atATime}
      RETURNING id
    )
    SELECT FROM taken UNION ALL SELECT FROM mine WHERE status <> 'queued'`.execute(trx);
  return rows.length > 0;
}

/** Notes how far the live migration of a server is. */
export async function noteTransfer(db: CellDb, serverId: string, transfer: Transfer): Promise<void> {
  await db
    .updateTable('server_migrations')
    .set({ transfer: JSON.stringify(transfer), updated_at: sql`now()` })
    .where('server_id', '=', serverId)
    .where('type', '=', 'live-migration')
    .where('status', '=', 'running')
    .execute();
}
