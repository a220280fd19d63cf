import { readdir, readFile, readlink } from 'node:fs/promises';

/** Whether a process has this id (a zombie counts, as it does for PostgreSQL). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}

/**
 * When a process started, as an opaque mark that distinguishes it from a later process with the same id. Undefined for a zombie,
 * which no longer does anything, and where the system does not say.
 */
export async function startMark(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Fields 3 and 22 of proc(5) `stat`. The command's name may contain anything; the third field follows it.
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ') ?? [];
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** Processes whose working directory is this one, as for all of PostgreSQL's; undefined where the system has no /proc. */
export async function processesIn(directory: string): Promise<number[] | undefined> {
  const entries = await readdir('/proc').catch(() => undefined);
  const pids = entries?.filter((entry) => /^\d+$/.test(entry)).map(Number);
  if (!pids) return undefined;
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return pids.filter((_, index) => places[index] === directory);
}
