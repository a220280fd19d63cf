import { sql } from 'kysely';
import type { TaskState } from '../../../objects/states.ts';
import type { CellDb } from '../../sql/queries.ts';

/** Saves the progress of a server's operation, in percent. Fenced: a no-op when another workflow holds the server. */
export async function showProgress(db: CellDb, id: string, workflowId: string, percent: number): Promise<void> {
  await db
    .updateTable('servers')
    .set({ progress: percent, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('workflow_id', '=', workflowId)
    // An unchanged value is not written: a new row version would invalidate the list cache.
    .where('progress', '<>', percent)
    .execute();
}

/** Saves the task state that a server's operation has reached. Fenced, as above. */
export async function showTaskState(db: CellDb, id: string, workflowId: string, taskState: TaskState): Promise<void> {
  await db
    .updateTable('servers')
    .set({ task_state: taskState, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('workflow_id', '=', workflowId)
    .where('task_state', '<>', taskState)
    .execute();
}
