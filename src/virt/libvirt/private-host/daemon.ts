import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../lib/clock/clock.ts';
import { answersAt } from './answers.ts';
import type { HostLayout } from './layout.ts';
import { toolEnvironment } from './tool.ts';

// The life of a private host's libvirtd: found, started, waited for, ended. It outlives this process, and its guests outlive it.

/** First use of QEMU on a busy machine may take this long to probe. */
const START_LIMIT_MS = 90_000;
const ANSWER_LIMIT_MS = 5_000;
const POLL_MS = 20;
const STOP_LIMIT_MS = 15_000;

/** The pid of this host's running libvirtd; undefined where the pid file is stale, absent or names somebody else. */
export const runningDaemon = async (layout: HostLayout): Promise<number | undefined> => {
  const pid = Number(await readFile(layout.pidFile, 'utf8').catch(() => ''));
  return pid > 0 && (await isOurs(pid, layout)) ? pid : undefined;
};

/** The pid file's path is unique to the host and stands on the daemon's command line; a zombie's command line is empty. */
const isOurs = async (pid: number, layout: HostLayout): Promise<boolean> => {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return words[0]?.endsWith('libvirtd') === true && words.includes(layout.pidFile);
};

/** Starts libvirtd in the host's namespaces, detached from this process. The signal aborts when it ends. */
export const launchDaemon = async (layout: HostLayout): Promise<AbortSignal> => {
  const ended = new AbortController();
  for (const socket of ['libvirt-sock', 'libvirt-sock-ro', 'libvirt-admin-sock'])
    await rm(join(layout.runDirectory, socket), { force: true });
  const log = await open(layout.logFile, 'a');
  try {
    const child = spawn(
      'unshare',
      ['--mount', '--uts', '--propagation', 'private', 'nsenter', `--net=${layout.netnsFile}`].concat(
        ['/bin/sh', join(import.meta.dirname, 'enter-host.sh')],
        [layout.name, layout.directory, layout.runDirectory],
      ),
      { detached: true, stdio: ['ignore', log.fd, log.fd], env: toolEnvironment },
    );
    child.once('exit', () => ended.abort()).once('error', () => ended.abort());
    child.unref();
    return ended.signal;
  } finally {
    await log.close();
  }
};

/** Waits until libvirtd answers calls; false when it does not within its limit, or has ended. */
export const daemonAnswers = async (layout: HostLayout, clock: Clock, ended?: AbortSignal): Promise<boolean> => {
  const end = clock.monotonicMs() + START_LIMIT_MS;
  while (clock.monotonicMs() < end) {
    if (await answersAt(layout.libvirtSocket, ANSWER_LIMIT_MS)) return true;
    // Ours also ends where another process was quicker to start one.
    if (ended?.aborted && (await runningDaemon(layout)) === undefined) return false;
    await clock.sleep(POLL_MS);
  }
  return false;
};

/** Ends libvirtd; its guests go on. */
export const endDaemon = async (layout: HostLayout, clock: Clock): Promise<void> => {
  const pid = await runningDaemon(layout);
  if (pid !== undefined) await endProcesses([pid], clock, (one) => isOurs(one, layout));
  await rm(layout.pidFile, { force: true });
};

/** Asks processes to end, then makes them; `isAlive` guards against an id that was given to another process meanwhile. */
export const endProcesses = async (pids: readonly number[], clock: Clock, isAlive: (pid: number) => Promise<boolean>): Promise<void> => {
  let left = pids;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of left) send(pid, signal);
    const end = clock.monotonicMs() + STOP_LIMIT_MS;
    while (left.length > 0 && clock.monotonicMs() < end) {
      await clock.sleep(POLL_MS);
      const alive = await Promise.all(left.map(isAlive));
      left = left.filter((_, index) => alive[index]);
    }
  }
};

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
};
