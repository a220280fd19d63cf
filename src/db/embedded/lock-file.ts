import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, processesIn } from './process-table.ts';

/** What PostgreSQL records about its server in the data directory's postmaster.pid. */
export interface LockFile {
  readonly pid: number;
  /** Where its socket is; a starting server has not written it yet. */
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
 * Removes a lock file whose process id now belongs to another program or a zombie, which PostgreSQL would take for a running server.
 * Removes it only when no process has the data directory as its working directory: two servers on one directory would destroy it.
 * A lock file whose process id is free is left to PostgreSQL, which handles that case itself.
 */
export async function removeStaleLock(data: string): Promise<boolean> {
  const lock = await readLockFile(data);
  if (!lock || !isAlive(lock.pid)) return false;
  const processes = await processesIn(await realpath(data));
  if (processes === undefined || processes.length > 0) return false;
  await rm(lockFileOf(data), { force: true });
  return true;
}
