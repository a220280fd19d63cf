import { type QueryExecutorProvider, sql } from 'kysely';
import { awaiting } from './awaited.ts';

/**
 * Records that a task is still being worked on, perhaps with a progress message. This restarts the timeout of the step that waits for
 * the task, whichever engine holds it. For processes without an engine.
 * @returns the workflow and its subject, or undefined when no step waits for the task
 */
export async function noteProgress(
  db: QueryExecutorProvider,
  taskId: string,
  text?: string,
): Promise<{ readonly workflowId: string; readonly subject: string } | undefined> {
  const { rows } = await sql<{ workflowId: string; subject: string }>`
    update workflows set heard_at = now(), heard = ${text ?? null} where ${awaiting(taskId)}
    returning id as "workflowId", subject`.execute(db);
  return rows[0];
}
