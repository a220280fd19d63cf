import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startApi } from './cloud/start-api.ts';

/** All APIs in a process of their own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('api', args, async (runtime) => await startApi(await openShared(runtime)));
