import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, processesIn } from './process-table.ts';

/** What PostgreSQL writes down about its server in the data directory's postmaster.pid. */
export interface LockFile {
  readonly pid: number;
  /** Where its socket is; not yet written in the first moments of a server's life. */
  readonly socketDirectory: string | undefined;
}

const lockFileOf = (data: string) => join(data, 'postmaster.pid');

/** Reads the lock file of a data directory: undefined when there is none. */
export async function readLockFile(data: string): Promise<LockFile | undefined> {
  const text = await readFile(lockFileOf(data), 'utf8').catch(() => undefined);
  const [pid, , , , socketDirectory] = text?.split('\n') ?? [];
  return pid ? { pid: Number(pid), socketDirectory: socketDirectory || undefined } : undefined;
}

/**
 * Removes a lock file whose process id now belongs to a stranger or a zombie, which PostgreSQL takes for a living server.
 * It goes only when no process at all lives in the data directory: two servers on one directory would destroy it.
 * A dead id is left to PostgreSQL, which knows better.
 */
export async function removeStaleLock(data: string): Promise<boolean> {
  const lock = await readLockFile(data);
  if (!lock || !isAlive(lock.pid)) return false;
  const tenants = await processesIn(await realpath(data));
  if (tenants === undefined || tenants.length > 0) return false;
  await rm(lockFileOf(data), { force: true });
  return true;
}
