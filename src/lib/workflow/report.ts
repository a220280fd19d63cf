import { CompiledQuery, type QueryExecutorProvider } from 'kysely';
import type { MarshalledError } from '../errors/marshal.ts';
import { jsonText } from './json-text.ts';
import { report as statement } from './statements.ts';

/** The outcome of a task: its JSON value, or why it failed. */
export type ReportOutcome = { readonly ok: unknown } | { readonly error: MarshalledError };

/** The id of the workflow that a task belongs to: the first part of the task's id. */
export const workflowOf = (taskId: string): string | undefined => taskId.split('/', 1)[0];

/** The parameters of the statement that stores a report. */
export function reportValues(taskId: string, outcome: ReportOutcome): unknown[] {
  const stored = 'error' in outcome ? { error: outcome.error } : { ok: outcome.ok ?? null };
  return [taskId, workflowOf(taskId), jsonText(stored)];
}

/**
 * Stores the report of a task and wakes the step that waits for it, in whichever process. The first report counts, repeats are no-ops,
 * and a report about an unknown or ended workflow is dropped. For processes without an engine; works inside any transaction.
 */
export async function report(db: QueryExecutorProvider, taskId: string, outcome: ReportOutcome): Promise<void> {
  await db.getExecutor().executeQuery(CompiledQuery.raw(statement.text, [...reportValues(taskId, outcome), true]));
}
