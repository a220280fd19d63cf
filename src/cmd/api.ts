import { openPolicy } from './cloud/policy.ts';
import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startApi } from './cloud/start-api.ts';

/** All APIs in a process of their own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('api', args, async (runtime) => {
    // A wrong policy is told before anything starts.
    await openPolicy(runtime);
    return await startApi(await openShared(runtime));
  });
