import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startScheduler } from './cloud/start-scheduler.ts';

/** A scheduler in a process of its own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('scheduler', args, async (runtime) => {
    await startScheduler(await openShared(runtime));
    return {};
  });
