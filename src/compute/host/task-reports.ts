import type { ConductorRpcApi } from '../../conductor/rpcapi.ts';
import type { TaskRunnerDeps } from './task-runner.ts';

/** How a host's tasks are asked about and told of: by messages to the conductor. */
export const taskReports = (conductor: ConductorRpcApi): Pick<TaskRunnerDeps, 'isWanted' | 'report' | 'tellProgress'> => ({
  isWanted: (ctx, taskId) => conductor.isTaskWanted(ctx, { taskId }),
  report: (ctx, taskId, error, result) =>
    conductor.reportTask(ctx, { taskId, ...(error ? { error } : {}), ...(result === undefined ? {} : { result }) }),
  tellProgress: (ctx, taskId, word) => conductor.taskProgress(ctx, { taskId, ...word }),
});
