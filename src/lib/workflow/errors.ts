import { errorType } from '../errors/error-type.ts';

/** A newer workflow of the same subject asked this one to give way. */
export const WorkflowSuperseded = errorType(
  'WorkflowSuperseded',
  'conflict',
  (p: { workflowId: string }) => `Workflow ${p.workflowId} gave way to a newer one.`,
);

/** A try of a step, or its wait for a report, took longer than its bound. Not retried: the bound was the patience. */
export const WorkflowStepTimedOut = errorType(
  'WorkflowStepTimedOut',
  'unavailable',
  (p: { step: string; timeoutMs: number }) => `Step ${p.step} did not finish within ${p.timeoutMs} ms.`,
);

/** A step was begun so often, over so many crashes and restarts, that it is taken for their cause. */
export const WorkflowStepGaveUp = errorType(
  'WorkflowStepGaveUp',
  'internal',
  (p: { step: string; attempts: number }) => `Step ${p.step} was begun ${p.attempts} times and never ended.`,
);

/** The workflow belongs to another owner by now; whoever meets this stops without a further word. */
export const WorkflowFenced = errorType(
  'WorkflowFenced',
  'conflict',
  (p: { workflowId: string; generation: number }) => `Workflow ${p.workflowId} is no longer held at generation ${p.generation}.`,
);

/** The engine stops: the step ends without a log entry and is run again by whoever adopts the workflow. */
export const WorkflowAbandoned = errorType(
  'WorkflowAbandoned',
  'unavailable',
  (p: { workflowId: string }) => `The engine lets go of ${p.workflowId}.`,
);
