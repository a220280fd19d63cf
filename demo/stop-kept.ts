import { realpath } from 'node:fs/promises';
import { cleanUp } from './clean-up.ts';
import { demoFailed } from './demo-failed.ts';
import { isDemoState } from './demo-state.ts';
import { readyPid, STOP_LIMIT_MS } from './own-cloud.ts';
import { processesOf } from './left-processes.ts';
import type { Stage } from './stage.ts';

/** Stops a cloud that a demo left running, and removes everything that belongs to it. */
export async function stopKept(directory: string, { screen, clock }: Stage): Promise<void> {
  const stateDir = await realpath(directory).catch(() => directory);
  if (!isDemoState(stateDir)) throw demoFailed(`${directory} is not the state directory of a demo.`);
  const pid = await readyPid(stateDir);
  const runs = async () => (await processesOf(stateDir)).some((one) => one.pid === pid);
  if (pid !== undefined && (await runs())) {
    process.kill(pid, 'SIGTERM');
    const endMs = clock.monotonicMs() + STOP_LIMIT_MS;
    while ((await runs()) && clock.monotonicMs() < endMs) await clock.sleep(50);
  }
  await cleanUp(stateDir, clock);
  screen.heading(`Stopped, and ${stateDir} removed`);
}
