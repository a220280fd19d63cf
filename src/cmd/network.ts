import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startNetwork } from './cloud/start-network.ts';

/** The network service of a host in a process of its own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('network', args, async (runtime) => {
    await startNetwork(await openShared(runtime));
    return {};
  });
