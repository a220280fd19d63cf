import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startConductor } from './cloud/start-conductor.ts';

/** A conductor in a process of its own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('conductor', args, async (runtime) => {
    await startConductor(await openShared(runtime));
    return {};
  });
