import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startMetadata } from './cloud/start-metadata.ts';

/** The metadata service in a process of its own, to scale it independently of the other APIs. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('metadata', args, async (runtime) => await startMetadata(await openShared(runtime)));
