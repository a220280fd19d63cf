import { errorType } from '../../lib/errors/error-type.ts';

/** Nobody waits for the task any more: its workflow was superseded or timed out. */
export const TaskUnwanted = errorType('TaskUnwanted', 'conflict', (p: { taskId: string }) => `Nobody waits for task ${p.taskId} any more.`);

/** A task's result is too large for a message. */
export const TaskResultTooLarge = errorType(
  'TaskResultTooLarge',
  'internal',
  (p: { bytes: number; maxBytes: number }) => `The result of the work has ${p.bytes} bytes; at most ${p.maxBytes} may be reported.`,
);
