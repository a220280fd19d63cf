/** Finds and stops daemons that an earlier process of ours started, by an argument that only ours have; never by a pid alone. */
import { readFile, readdir } from 'node:fs/promises';
import type { Clock } from '../../../../lib/clock/clock.ts';
import { textOf } from './whole-file.ts';

/** The pid in a file, if that process has the argument. */
export async function pidFrom(file: string, argument: string): Promise<number | undefined> {
  const pid = Number.parseInt(await textOf(file), 10);
  return Number.isInteger(pid) && (await hasArgument(pid, argument)) ? pid : undefined;
}

/** All processes of this machine that have the argument. */
export async function pidsWithArgument(argument: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const owned = await Promise.all(pids.map((pid) => hasArgument(pid, argument)));
  return pids.filter((_, at) => owned[at]);
}

/** A process that has ended, zombies included, shows no arguments. */
const hasArgument = async (pid: number, argument: string): Promise<boolean> =>
  await readFile(`/proc/${pid}/cmdline`, 'utf8').then(
    (words) => words.split('\0').includes(argument),
    () => false,
  );

const SIGNAL_GRACE_MS = 2_000;
const POLL_MS = 10;

/** Sends SIGTERM, waits, then sends SIGKILL. */
export async function endProcess(pid: number, { argument, clock }: { argument: string; clock: Clock }): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await hasArgument(pid, argument))) return;
    process.kill(pid, signal);
    const untilMs = clock.monotonicMs() + SIGNAL_GRACE_MS;
    while ((await hasArgument(pid, argument)) && clock.monotonicMs() < untilMs) await clock.sleep(POLL_MS);
  }
}
