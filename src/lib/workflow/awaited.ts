import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';

/**
 * Whether a workflow is at the step that a task belongs to, and still wants it. A request that lay in a queue while its host was away
 * may come when the workflow has long gone another way. For processes without an engine.
 */
export async function isAwaited(db: QueryExecutorProvider, taskId: string): Promise<boolean> {
  const { rows } = await sql`select from workflows where ${awaiting(taskId)}`.execute(db);
  return rows.length > 0;
}

/** The condition of a row of `workflows` that its step in hand is the one that a task belongs to. */
export function awaiting(taskId: string): RawBuilder<unknown> {
  const [workflowId, step, undo] = taskId.split('/');
  return sql`id = ${workflowId} and step = ${step ?? ''} and status = ${undo === 'undo' ? 'unwinding' : 'running'}`;
}
