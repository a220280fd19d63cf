import { type QueryExecutorProvider, sql } from 'kysely';
import { systemIds } from '../clock/ids.ts';
import type { Context } from '../context/context.ts';
import { WORKFLOW_CHANNEL } from './tables.ts';
import type { WorkflowRef } from './workflow.ts';

/** What to run, about which subject, for whom. */
export interface Enqueue<Input extends object> {
  /** Makes the call idempotent: enqueueing an id that exists is a no-op. */
  readonly id?: string;
  /** What the workflow is about, for example a server's id: workflows of one subject run one at a time, in order of creation. */
  readonly subject: string;
  /** Stored in the database as JSON: no secrets. */
  readonly input: Input;
  readonly ctx: Context;
  /** Whether older workflows of the subject that are not yet unwinding must give way: they unwind before this one starts. */
  readonly supersedes?: boolean;
  /** Whether the caller tells an engine after the commit. No NOTIFY is sent then: other engines find the workflow at their next sweep. */
  readonly announced?: boolean;
}

/**
 * Stores a workflow within the caller's transaction: it starts at commit, and a rollback removes it. Needs no engine in this process.
 * Notifies the engines at commit only where needed, since PostgreSQL commits transactions that notify one at a time.
 */
export async function enqueue<Input extends object>(
  trx: QueryExecutorProvider,
  definition: WorkflowRef<Input>,
  { id = systemIds.uuid(), subject, input, ctx, supersedes = false, announced = false }: Enqueue<Input>,
): Promise<string> {
  await sql`
    with given_way as (
      update workflows set cancel_requested = true
      where ${supersedes}::boolean and subject = ${subject} and status in ('pending', 'running')
        and not exists (select from workflows known where known.id = ${id})
      returning id
    ), born as (
      insert into workflows (id, definition, subject, input, ctx)
      values (${id}, ${definition.name}, ${subject}, ${JSON.stringify(input)}::jsonb, ${JSON.stringify(ctx)}::jsonb)
      on conflict (id) do nothing returning id
    )
    select pg_notify(${WORKFLOW_CHANNEL}, hint)
    from born, (select 'run' as hint where not ${announced}::boolean union all select 'cancel' where exists (select from given_way)) as hints
  `.execute(trx);
  return id;
}
