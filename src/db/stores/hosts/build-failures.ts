import type { HostName } from '../../../objects/ids.ts';
import { sql } from 'kysely';
import type { CellDb } from '../../sql/queries.ts';

/** Counts a guest that its host could not make. A guest that starts there sets the count back to 0, by a trigger. */
export async function noteFailedBuild(db: CellDb, host: HostName): Promise<void> {
  await db.updateTable('compute_nodes').set({ failed_builds: sql<number>`failed_builds + 1` }).where('host', '=', host).execute();
}
