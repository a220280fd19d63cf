import { runService } from './cloud/run-service.ts';
import { openHostShared } from './cloud/shared.ts';
import { startConsoleProxy } from './cloud/start-consoles.ts';

/** The proxy for screens over VNC in a process of its own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('novncproxy', args, async (runtime) => await startConsoleProxy(await openHostShared(runtime), 'novnc'));
