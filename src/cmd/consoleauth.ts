import { runService } from './cloud/run-service.ts';
import { openShared } from './cloud/shared.ts';
import { startConsoleAuth } from './cloud/start-consoles.ts';

/** The check of console tokens in a process of its own. */
export const run = (args: readonly string[]): Promise<void> =>
  runService('consoleauth', args, async (runtime) => {
    await startConsoleAuth(await openShared(runtime));
    return {};
  });
