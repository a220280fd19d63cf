/** Waits for the end of a workflow, for callers whose answer is its result. */
import { type QueryExecutorProvider, sql } from 'kysely';
import type { Clock } from '../clock/clock.ts';
import { type MarshalledError, unmarshalError } from '../errors/marshal.ts';
import { WorkflowSuperseded, WorkflowUnfinished } from './errors.ts';
import type { WorkflowStatus } from './tables.ts';

/** How to wait: it looks often at first, since most work is short. */
export interface Waiting {
  readonly clock: Clock;
  readonly timeoutMs: number;
}

const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 500;

interface Standing {
  readonly status: WorkflowStatus;
  readonly failure: MarshalledError | null;
  readonly input: unknown;
}

/**
 * Resolves when the workflow is done, with its input; throws what made it fail, WorkflowSuperseded, or WorkflowUnfinished after the timeout.
 * Undefined when it ended so long ago that its row was pruned.
 */
export async function outcomeOf<Input>(
  db: QueryExecutorProvider,
  workflowId: string,
  { clock, timeoutMs }: Waiting,
): Promise<Input | undefined> {
  const endMs = clock.monotonicMs() + timeoutMs;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, LAST_LOOK_MS)) {
    const { rows } = await sql<Standing>`SELECT status, failure, input FROM workflows WHERE id = ${workflowId}`.execute(db);
    const [row] = rows;
    // Seam: whoever stored the workflow knows its input.
    if (!row || row.status === 'done') return row?.input as Input | undefined;
    if (row.status === 'undone' && row.failure) throw unmarshalError(row.failure);
    if (row.status === 'superseded' || row.status === 'undone') throw WorkflowSuperseded({ workflowId });
    if (clock.monotonicMs() >= endMs) throw WorkflowUnfinished({ workflowId, timeoutMs });
    await clock.sleep(pauseMs);
  }
}
