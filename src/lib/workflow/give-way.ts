import { type QueryExecutorProvider, sql } from 'kysely';
import { LIVE, WORKFLOW_CHANNEL } from './tables.ts';

/** Asks a workflow to unwind what it did and end; a no-op for one that has ended. For processes without an engine. */
export async function giveWay(db: QueryExecutorProvider, workflowId: string): Promise<void> {
  await sql`
    with asked as (
      update workflows set cancel_requested = true, updated_at = now()
      where id = ${workflowId} and status in ${sql.raw(LIVE)} returning id
    )
    select pg_notify(${WORKFLOW_CHANNEL}, hint) from asked, unnest(array['run', 'cancel']) as hint`.execute(db);
}
