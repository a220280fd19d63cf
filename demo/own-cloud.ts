import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../src/lib/clock/clock.ts';
import { tailOf } from './cloud-log.ts';
import { demoFailed } from './demo-failed.ts';
import { logFileIn } from './demo-state.ts';
import type { Hypervisor } from './hypervisor.ts';
import { seconds, type Stage, until } from './stage.ts';

/** The first start may fetch the guest's kernel, initialise a database and probe QEMU, on a busy machine. */
const READY_LIMIT_MS = 300_000;
/** What the cloud promises for its end. */
export const STOP_LIMIT_MS = 10_000;

/** The cloud of the demo: `nova-ts all` as a child, in a process group of its own. */
export interface OwnCloud {
  readonly stateDir: string;
  readonly portOffset: number;
  readonly process: ChildProcess;
}

/** How the cloud ended: its exit status, or the signal that ended it. */
type Ending = number | NodeJS.Signals;

/** Starts a cloud in a state directory. Its log tells why, should it not become ready. */
export async function startCloud(options: { stateDir: string; portOffset: number; hypervisor: Hypervisor }): Promise<OwnCloud> {
  const { stateDir, portOffset, hypervisor } = options;
  const program = join(import.meta.dirname, '..', 'bin', 'nova-ts');
  const own = {
    NOVA_STATE_DIR: stateDir,
    NOVA_PORT_OFFSET: String(portOffset),
    NOVA_VIRT_DRIVER: hypervisor,
    NOVA_LIBVIRT_DAEMON: 'private',
  };
  const log = await open(logFileIn(stateDir), 'a', 0o600);
  try {
    const stdio = ['ignore', log.fd, log.fd] as const;
    return {
      stateDir,
      portOffset,
      process: spawn(program, ['all'], { detached: true, stdio: [...stdio], env: { ...process.env, ...own } }),
    };
  } finally {
    await log.close();
  }
}

/** Waits until every service of the cloud can serve. */
export async function untilReady(cloud: OwnCloud, stage: Stage): Promise<void> {
  await until({ what: 'The cloud did not become ready', limitMs: READY_LIMIT_MS, everyMs: 100 }, stage, async (ms) => {
    if (!isRunning(cloud)) throw demoFailed(`The cloud ended before it was ready (${endingOf(cloud)}).`);
    if ((await readyPid(cloud.stateDir)) !== undefined) return true;
    const [lastWord = ''] = await tailOf(logFileIn(cloud.stateDir), 1);
    stage.screen.progress(`${seconds(ms)}  ${lastWord}`);
    return undefined;
  });
}

/** The process id of the cloud that is ready in this state directory; undefined when none is. */
export async function readyPid(stateDir: string): Promise<number | undefined> {
  const text = await readFile(join(stateDir, 'ready.json'), 'utf8').catch(() => '');
  // It may be half written at this moment.
  const pid = Number(/"pid":\s*(\d+)\s*,/.exec(text)?.[1]);
  return pid > 0 ? pid : undefined;
}

/** Stops the cloud in order; fails when it does not end in time and with status 0. Whatever happens, it is gone afterwards. */
export async function stopCloud(cloud: OwnCloud, clock: Clock): Promise<void> {
  const wasRunning = isRunning(cloud);
  if (wasRunning) cloud.process.kill('SIGTERM');
  const inTime = await endsInTime(cloud, clock);
  if (!inTime && cloud.process.pid !== undefined) killGroup(cloud.process.pid);
  await endsInTime(cloud, clock);
  if (!inTime) throw demoFailed(`The cloud did not stop within ${seconds(STOP_LIMIT_MS)} and was killed.`);
  if (endingOf(cloud) !== 0)
    throw demoFailed(`The cloud ended with ${endingOf(cloud)}${wasRunning ? ' when told to stop' : ' unexpectedly'}.`);
}

/** Whether the cloud's process still runs. */
export const isRunning = ({ process: child }: OwnCloud): boolean => child.exitCode === null && child.signalCode === null;

/** How the cloud ended. */
export const endingOf = ({ process: child }: OwnCloud): Ending => child.signalCode ?? child.exitCode ?? -1;

async function endsInTime(cloud: OwnCloud, clock: Clock): Promise<boolean> {
  const endMs = clock.monotonicMs() + STOP_LIMIT_MS;
  while (isRunning(cloud) && clock.monotonicMs() < endMs) await clock.sleep(20);
  return !isRunning(cloud);
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}
