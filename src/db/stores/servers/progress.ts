import { sql } from 'kysely';
import type { CellDb } from '../../sql/queries.ts';

/** Shows how far a server's operation is, in percent. The fence: when another workflow holds the server by now, nothing is changed. */
export async function showProgress(db: CellDb, id: string, workflowId: string, percent: number): Promise<void> {
  await db
    .updateTable('servers')
    .set({ progress: percent, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('workflow_id', '=', workflowId)
    // What is said again changes nothing: lists are read by the versions of rows.
    .where('progress', '<>', percent)
    .execute();
}
