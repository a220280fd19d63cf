import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { allowTraversal } from '../../../lib/accounts/traverse.ts';
import type { Clock } from '../../../lib/clock/clock.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import type { Log } from '../../../lib/log/log.ts';
import { daemonAnswers, endDaemon, endProcesses, launchDaemon, runningDaemon } from './daemon.ts';
import type { TpmPlaces } from '../guest-tpm.ts';
import { type GuestAccount, guestAccount } from './guest-account.ts';
import { isConfiguredFor, keepCapabilities, writeHostFiles, openArrivals } from './host-files.ts';
import { type HostLayout, hostLayout } from './layout.ts';
import { deleteNetworkNamespace, ensureNetworkNamespace, processesIn } from './network-namespace.ts';

// One simulated compute host on this machine: a network namespace without uplink and a libvirtd of its own, both outliving this process.

/** A running private host. Paths below `directory` are the same for its guests and for us. */
export interface PrivateHost {
  readonly name: string;
  /** Name of its network namespace, for `ip -n` and `nsenter --net=/run/netns/...`. */
  readonly netns: string;
  /** Unix socket of its libvirtd. */
  readonly libvirtSocket: string;
  /** For virsh -c. */
  readonly libvirtUri: string;
  readonly directory: string;
  /** Where its QEMU makes sockets for guests that come from other hosts. */
  readonly arrivals: string;
  /** The path of a file of its libvirt, which has directories of its own under the usual names, as we see it. */
  seenFromHere(path: string): string;
  /** Where its guests' TPMs live. */
  readonly tpms: TpmPlaces;
  /** Stops libvirtd. Guests keep running and the next start finds them, unless the caller destroys them with the host's processes and network. */
  stop(options: { guests: 'keep' | 'destroy' }): Promise<void>;
}

/** Thrown when libvirtd does not start; the cause quotes its log. */
export const PrivateHostNotStarted = errorType(
  'PrivateHostNotStarted',
  'unavailable',
  (_: { host: string }) => 'The hypervisor of a private compute host did not start.',
);

export interface PrivateHostOptions {
  readonly name: string;
  readonly directory: string;
  /** The program's own directory above it: closed directories from there on are opened for QEMU to pass through. */
  readonly programDir?: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Starts the host of this name below `directory`, or attaches to the one that an earlier process left running there. */
export const startPrivateHost = async (options: PrivateHostOptions): Promise<PrivateHost> => {
  const { clock, log, programDir } = options;
  const layout = hostLayout(options);
  const account = await guestAccount(layout.directory);
  await ensureNetworkNamespace(layout);
  // After an upgrade libvirtd must read its configuration again. Its guests go on as whom they run.
  const isAsWanted = (await isConfiguredFor(layout, account)) && (await isServing(layout, clock));
  if (isAsWanted) log.info({ host: layout.name }, 'took over the running libvirtd');
  else await start(layout, account, { clock, log });
  // A libvirtd that an earlier release started lacks it.
  await openArrivals(layout, account);
  if (account.kind === 'own') await openTheWay(layout, account, { programDir, log });
  if (account.kind === 'root') log.warn({ host: layout.name, because: account.because }, RUNS_AS_ROOT);
  else log.info({ host: layout.name, user: account.uid }, 'guests of this host run under a user id of its own, without a security driver');
  return {
    name: layout.name,
    netns: layout.netns,
    libvirtSocket: layout.libvirtSocket,
    libvirtUri: `qemu+unix:///system?socket=${layout.libvirtSocket}`,
    directory: layout.directory,
    arrivals: layout.arrivals,
    seenFromHere: (path) => path.replace(/^\/var\/lib\/libvirt\//, `${layout.lib}/`),
    tpms: { states: join(layout.lib, 'swtpm'), authority: layout.tpmAuthority },
    stop: async ({ guests }) => {
      await keepCapabilities(layout);
      await (guests === 'destroy' ? destroy(layout, clock) : endDaemon(layout, clock));
    },
  };
};

/** Removes what is left of the host of this name below `directory`: guests, libvirtd, network. The host need not exist. */
export const destroyPrivateHost = (options: { name: string; directory: string; clock: Clock }): Promise<void> =>
  destroy(hostLayout(options), options.clock);

const isServing = async (layout: HostLayout, clock: Clock): Promise<boolean> =>
  (await runningDaemon(layout)) !== undefined && (await daemonAnswers(layout, clock));

/** Lets QEMU reach the files of its guests. */
const openTheWay = (
  { directory }: HostLayout,
  account: Extract<GuestAccount, { kind: 'own' }>,
  { programDir = dirname(directory), log }: { programDir: string | undefined; log: Log },
): Promise<void> =>
  allowTraversal(directory, { daemon: 'QEMU', account: { ...account, name: String(account.uid) }, below: programDir, log });

const RUNS_AS_ROOT = 'guests of this host run as root and without a security driver: only for guests that you trust';

const start = async (layout: HostLayout, account: GuestAccount, { clock, log }: { clock: Clock; log: Log }): Promise<void> => {
  // A libvirtd that hangs would still hold the pid file.
  await endDaemon(layout, clock);
  await writeHostFiles(layout, account);
  const startedMs = clock.monotonicMs();
  const ended = await launchDaemon(layout, account);
  if (!(await daemonAnswers(layout, clock, ended))) {
    await endDaemon(layout, clock);
    throw PrivateHostNotStarted({ host: layout.name }, { cause: new Error(await endOf(layout.logFile)) });
  }
  log.info({ host: layout.name, netns: layout.netns, tookMs: Math.round(clock.monotonicMs() - startedMs) }, 'started libvirtd');
};

const destroy = async (layout: HostLayout, clock: Clock): Promise<void> => {
  const isInside = async (pid: number): Promise<boolean> => (await processesIn(layout)).includes(pid);
  // Guests are destroyed before libvirtd, so that it sees them end. Stopping it first would race with a guest that it is starting.
  for (const round of ['guests', 'everything'] as const) {
    if (round === 'everything') await endDaemon(layout, clock);
    const daemons = await daemonFamily(layout);
    const rest = (await processesIn(layout)).filter((pid) => pid !== process.pid && !daemons.has(pid));
    await endProcesses(rest, clock, isInside);
  }
  await deleteNetworkNamespace(layout);
  await rm(layout.runDirectory, { recursive: true, force: true });
};

/** libvirtd and its parent tini, which exits with it. */
const daemonFamily = async (layout: HostLayout): Promise<ReadonlySet<number>> => {
  const pid = await runningDaemon(layout);
  if (pid === undefined) return new Set();
  const parent = /^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1];
  return new Set([pid, Number(parent)]);
};

const endOf = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
