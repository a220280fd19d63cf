import type { ConductorRpcApi } from '../../conductor/rpcapi.ts';
import type { TaskRunnerDeps } from './task-runner.ts';

/** Reports a host's tasks to the conductor, and asks it about them. */
export const taskReports = (conductor: ConductorRpcApi): Pick<TaskRunnerDeps, 'isWanted' | 'report' | 'tellProgress'> => ({
  isWanted: (ctx, taskId) => conductor.isTaskWanted(ctx, { taskId }),
  report: (ctx, taskId, error, result) =>
    conductor.reportTask(ctx, { taskId, ...(error ? { error } : {}), ...(result === undefined ? {} : { result }) }),
  tellProgress: (ctx, taskId, progress) => conductor.taskProgress(ctx, { taskId, ...progress }),
});
