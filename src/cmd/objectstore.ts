import { openPolicy } from './cloud/policy.ts';
import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startObjectStore } from './cloud/start-objectstore.ts';

/** The object store in a process of its own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('objectstore', args, async (runtime) => {
    // A wrong policy is told before anything starts.
    await openPolicy(runtime);
    return await startObjectStore(await openShared(runtime));
  });
