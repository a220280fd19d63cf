import { runService } from './cloud/run-service.ts';
import { openHostShared } from './cloud/shared.ts';
import { startCompute } from './cloud/start-compute.ts';

/** The compute service of a host: it uses a queue and a hypervisor, but no database. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('compute', args, async (runtime) => {
    await startCompute(await openHostShared(runtime));
    return {};
  });
