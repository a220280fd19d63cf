import { type QueryExecutorProvider, sql } from 'kysely';

/**
 * Whether a workflow is at the step that a task belongs to, and still wants it. A request that lay in a queue while its host was away
 * may come when the workflow has long gone another way. For processes without an engine.
 */
export async function isAwaited(db: QueryExecutorProvider, taskId: string): Promise<boolean> {
  const [workflowId, step, undo] = taskId.split('/');
  const { rows } = await sql`
    select from workflows where id = ${workflowId} and step = ${step ?? ''}
      and status = ${undo === 'undo' ? 'unwinding' : 'running'}`.execute(db);
  return rows.length > 0;
}
