import { type QueryExecutorProvider, sql } from 'kysely';
import { systemIds } from '../clock/ids.ts';
import type { Context } from '../context/context.ts';
import { WORKFLOW_CHANNEL } from './tables.ts';
import type { WorkflowRef } from './workflow.ts';

/** What to run, about which subject, for whom. */
export interface Enqueue<Input extends object> {
  /** Chosen by the caller to make repeating harmless: a known id is left as it is. */
  readonly id?: string;
  /** What the workflow is about, for example a server's id: at most one workflow of a subject runs, in the order of creation. */
  readonly subject: string;
  /** Kept in the database as JSON: no secrets. */
  readonly input: Input;
  readonly ctx: Context;
  /** Whether older workflows of the subject that still go forward must give way (they unwind before this one starts). */
  readonly supersedes?: boolean;
  /** Whether the caller tells an engine after the commit: no other hears of it then until it next looks for itself. */
  readonly announced?: boolean;
}

/**
 * Stores a workflow within the caller's own transaction: it starts when that commits and never was when that rolls back.
 * Needs no engine in this process; the engines hear of it at commit, where somebody must: transactions that notify commit one by one.
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
