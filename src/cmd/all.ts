import { narrate } from './cloud/narrate.ts';
import { openPolicy } from './cloud/policy.ts';
import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startApi } from './cloud/start-api.ts';
import { startCompute } from './cloud/start-compute.ts';
import { startConductor } from './cloud/start-conductor.ts';
import { startConsoleAuth, startConsoleProxies } from './cloud/start-consoles.ts';
import { startNetwork } from './cloud/start-network.ts';
import { startObjectStore } from './cloud/start-objectstore.ts';
import { startScheduler } from './cloud/start-scheduler.ts';
import { startVolume } from './cloud/start-volume.ts';

/** The whole cloud in one process: the same services and messages as in separate processes. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('all', args, async (runtime) => {
    // A wrong policy is told before anything starts.
    await openPolicy(runtime);
    const shared = await openShared(runtime);
    await startConductor(shared);
    await startScheduler(shared);
    const endpoints = await startApi(shared);
    // Compute first: it creates the network namespace of a private host, in which its networks are.
    await startCompute(shared);
    await startNetwork(shared);
    await startVolume(shared);
    const objects = await startObjectStore(shared);
    await startConsoleAuth(shared);
    const proxies = await startConsoleProxies(shared);
    await narrate(shared);
    return { ...endpoints, ...objects, ...proxies };
  });
