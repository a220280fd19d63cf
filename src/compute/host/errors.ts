import { errorType } from '../../lib/errors/error-type.ts';

/** Whoever asked for a task does not wait for it any more: the workflow gave way, or lost its patience. */
export const TaskUnwanted = errorType('TaskUnwanted', 'conflict', (p: { taskId: string }) => `Nobody waits for task ${p.taskId} any more.`);

/** What a task has to report is beyond what may travel. */
export const TaskResultTooLarge = errorType(
  'TaskResultTooLarge',
  'internal',
  (p: { bytes: number; maxBytes: number }) => `The result of the work has ${p.bytes} bytes; at most ${p.maxBytes} may be reported.`,
);
