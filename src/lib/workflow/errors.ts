import { errorType } from '../errors/error-type.ts';

/** A newer workflow of the same subject asked this one to give way. */
export const WorkflowSuperseded = errorType(
  'WorkflowSuperseded',
  'conflict',
  (p: { workflowId: string }) => `Workflow ${p.workflowId} gave way to a newer one.`,
);

/** A try of a step, or its wait for a report, timed out. Not retried: the timeout is all the time that the step gets. */
export const WorkflowStepTimedOut = errorType(
  'WorkflowStepTimedOut',
  'unavailable',
  (p: { step: string; timeoutMs: number }) => `Step ${p.step} did not finish within ${p.timeoutMs} ms.`,
);

/** So many owners died during a step that it is assumed to kill them. */
export const WorkflowStepGaveUp = errorType(
  'WorkflowStepGaveUp',
  'internal',
  (p: { step: string; deaths: number }) => `Step ${p.step} never ended: ${p.deaths} owners died during it.`,
);

/** Another owner holds the workflow by now; the code that gets this error stops and writes nothing more. */
export const WorkflowFenced = errorType(
  'WorkflowFenced',
  'conflict',
  (p: { workflowId: string; generation: number }) => `Workflow ${p.workflowId} is no longer held at generation ${p.generation}.`,
);

/** The engine is stopping: the step ends without a log entry, and the engine that adopts the workflow runs it again. */
export const WorkflowAbandoned = errorType(
  'WorkflowAbandoned',
  'unavailable',
  (p: { workflowId: string }) => `The engine releases workflow ${p.workflowId}.`,
);

/** A workflow is still under way when its caller no longer waits; it goes on. */
export const WorkflowUnfinished = errorType(
  'WorkflowUnfinished',
  'unavailable',
  (p: { workflowId: string; timeoutMs: number }) => `Workflow ${p.workflowId} has not ended within ${p.timeoutMs} ms; it goes on.`,
);
