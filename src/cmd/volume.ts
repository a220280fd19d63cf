import { runService } from './cloud/run-service.ts';
import { openHostShared } from './cloud/shared.ts';
import { startVolume } from './cloud/start-volume.ts';

/** The volume service of a host: it uses a queue and its storage, but no database. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('volume', args, async (runtime) => {
    await startVolume(await openHostShared(runtime));
    return {};
  });
