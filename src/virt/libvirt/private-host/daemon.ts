import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../lib/clock/clock.ts';
import { answersAt } from './answers.ts';
import { type GuestAccount, ownerOf } from './guest-account.ts';
import type { HostLayout } from './layout.ts';
import { toolEnvironment } from './tool.ts';

// Finds, starts, awaits and stops a private host's libvirtd. It outlives this process, and its guests outlive it.

/** On a busy machine libvirtd's first probe of QEMU may take this long. */
const START_LIMIT_MS = 90_000;
const ANSWER_LIMIT_MS = 5_000;
const POLL_MS = 20;
const STOP_LIMIT_MS = 15_000;

/** The pid of this host's running libvirtd; undefined when the pid file is absent, stale or names another process. */
export const runningDaemon = async (layout: HostLayout): Promise<number | undefined> => {
  const pid = Number(await readFile(layout.pidFile, 'utf8').catch(() => ''));
  return pid > 0 && (await isOurs(pid, layout)) ? pid : undefined;
};

/** The daemon's command line contains the pid file's path, which is unique to the host; a zombie's command line is empty. */
const isOurs = async (pid: number, layout: HostLayout): Promise<boolean> => {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return words[0]?.endsWith('libvirtd') === true && words.includes(layout.pidFile);
};

/** Starts libvirtd in the host's namespaces, detached from this process. The signal aborts when it ends. */
export const launchDaemon = async (layout: HostLayout, guests: GuestAccount): Promise<AbortSignal> => {
  const ended = new AbortController();
  for (const socket of ['libvirt-sock', 'libvirt-sock-ro', 'libvirt-admin-sock'])
    await rm(join(layout.runDirectory, socket), { force: true });
  const log = await open(layout.logFile, 'a');
  try {
    const child = spawn(
      'unshare',
      ['--mount', '--uts', '--propagation', 'private', 'nsenter', `--net=${layout.netnsFile}`].concat(
        ['/bin/sh', join(import.meta.dirname, 'enter-host.sh')],
        [layout.name, layout.directory, layout.runDirectory, ownerOf(guests)],
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

/** Waits until libvirtd answers calls; false on timeout or when it has exited. */
export const daemonAnswers = async (layout: HostLayout, clock: Clock, ended?: AbortSignal): Promise<boolean> => {
  const end = clock.monotonicMs() + START_LIMIT_MS;
  while (clock.monotonicMs() < end) {
    if (await answersAt(layout.libvirtSocket, ANSWER_LIMIT_MS)) return true;
    // Ours also exits when another process started one first.
    if (ended?.aborted && (await runningDaemon(layout)) === undefined) return false;
    await clock.sleep(POLL_MS);
  }
  return false;
};

/** Stops libvirtd; its guests keep running. */
export const endDaemon = async (layout: HostLayout, clock: Clock): Promise<void> => {
  const pid = await runningDaemon(layout);
  if (pid !== undefined) await endProcesses([pid], clock, (one) => isOurs(one, layout));
  await rm(layout.pidFile, { force: true });
};

/** Terminates processes, then kills them; `isAlive` guards against reused process ids. */
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
    // It has already exited.
  }
};
