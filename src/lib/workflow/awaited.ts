import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';

/**
 * Whether the workflow is still at the step that this task belongs to. A request queued while its host was down may be delivered after
 * the workflow has moved on. For processes without an engine.
 */
export async function isAwaited(db: QueryExecutorProvider, taskId: string): Promise<boolean> {
  const { rows } = await sql`select from workflows where ${awaiting(taskId)}`.execute(db);
  return rows.length > 0;
}

/** SQL condition on `workflows`: the row's current step is the one this task belongs to. */
export function awaiting(taskId: string): RawBuilder<unknown> {
  const [workflowId, step, undo] = taskId.split('/');
  return sql`id = ${workflowId} and step = ${step ?? ''} and status = ${undo === 'undo' ? 'unwinding' : 'running'}`;
}
