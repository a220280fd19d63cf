/** How a step waits for what no host reports. */
import { WorkflowStepTimedOut } from '../../../lib/workflow/errors.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';

/**
 * Waits within a step, which meanwhile takes no slot of the engine and counts no time: what it waits for may be a workflow of the same
 * engine, which would never run if all slots were taken by steps that wait for such workflows.
 */
export async function waitAWhile(w: StepContext, ms: number): Promise<void> {
  // Nobody reports.
  await w.awaitReport({ timeoutMs: ms }).catch((error: unknown) => {
    if (!WorkflowStepTimedOut.is(error) || w.signal.aborted) throw error;
  });
}
