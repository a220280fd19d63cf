/** Servers whose time in a state is over. */
import { asId, type ServerId } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';

/** The ids of servers that were deleted before a time, can still be restored and are idle; the oldest first. */
export async function reclaimableServers(db: CellDb, { before, limit }: { before: Date; limit: number }): Promise<readonly ServerId[]> {
  const rows = await db
    .selectFrom('servers')
    .select('id')
    .where('vm_state', '=', 'soft-delete')
    .where('task_state', 'is', null)
    .where('deleted_at', '<', before)
    .orderBy('deleted_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => asId<ServerId>(id));
}

/** The ids of idle servers that have been rescued since before a time; the oldest first. */
export async function longRescuedServers(db: CellDb, { before, limit }: { before: Date; limit: number }): Promise<readonly ServerId[]> {
  const rows = await db
    .selectFrom('servers')
    .select('id')
    .where('vm_state', '=', 'rescued')
    .where('task_state', 'is', null)
    .where('launched_at', '<', before)
    .orderBy('launched_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => asId<ServerId>(id));
}

/** The ids of idle servers whose resize or cold migration has been finished since before a time; the oldest first. */
export async function unconfirmedServers(db: CellDb, { before, limit }: { before: Date; limit: number }): Promise<readonly ServerId[]> {
  const rows = await db
    .selectFrom('servers')
    .innerJoin('server_migrations', 'server_migrations.server_id', 'servers.id')
    .select('servers.id')
    .where('vm_state', '=', 'resized')
    .where('task_state', 'is', null)
    .where('server_migrations.status', '=', 'finished')
    .where('server_migrations.updated_at', '<', before)
    .orderBy('server_migrations.updated_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => asId<ServerId>(id));
}
