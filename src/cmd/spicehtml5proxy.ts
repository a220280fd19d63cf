import { runService } from './cloud/run-service.ts';
import { openHostShared } from './cloud/shared.ts';
import { startConsoleProxy } from './cloud/start-consoles.ts';

/** The proxy for screens over SPICE in a process of its own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('spicehtml5proxy', args, async (runtime) => await startConsoleProxy(await openHostShared(runtime), 'spice'));
