import { realpath } from 'node:fs/promises';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Log } from '../../lib/log/log.ts';
import { readLockFile } from './lock-file.ts';
import type { Postmaster } from './postmaster.ts';
import { isAlive, processesIn } from './process-table.ts';

/** A fast shutdown writes a checkpoint; the program has 10 s in all to stop. */
const FAST_TIMEOUT_MS = 6_000;
const QUIT_TIMEOUT_MS = 2_000;
const POLL_MS = 10;

/** Stops the server: first fast (SIGINT: closes connections, writes a checkpoint), then immediately (SIGQUIT: the next start recovers). */
export async function stopServer(options: { data: string; postmaster: Postmaster | undefined; clock: Clock; log: Log }): Promise<void> {
  const { data, postmaster, clock, log } = options;
  const pid = postmaster ? postmaster.child.pid : await servingPid(data);
  if (pid === undefined) return;
  const isGone = () => (postmaster ? postmaster.hasEnded() : !isAlive(pid));
  for (const [signal, timeoutMs] of [
    ['SIGINT', FAST_TIMEOUT_MS],
    ['SIGQUIT', QUIT_TIMEOUT_MS],
  ] as const) {
    if (isGone() || !send(pid, signal)) return;
    const startMs = clock.monotonicMs();
    while (!isGone() && clock.monotonicMs() - startMs < timeoutMs) await clock.sleep(POLL_MS);
  }
  if (!isGone()) log.error({ pid }, 'embedded PostgreSQL does not stop');
}

/** The process id in the lock file, unless it belongs to another process by now. */
async function servingPid(data: string): Promise<number | undefined> {
  const pid = (await readLockFile(data))?.pid;
  const tenants = await processesIn(await realpath(data));
  return pid !== undefined && (tenants === undefined || tenants.includes(pid)) ? pid : undefined;
}

/** False when the process is already gone. */
function send(pid: number, signal: 'SIGINT' | 'SIGQUIT'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
