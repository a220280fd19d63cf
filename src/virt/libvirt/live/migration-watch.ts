import type { Domain, TypedValue } from '@nova-ts/libvirt';
import type { Clock } from '../../../lib/clock/clock.ts';
import { UNNEEDED } from '../../../lib/clock/unneeded.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import type { Log } from '../../../lib/log/log.ts';
import type { Transfer } from '../../../objects/live-migration.ts';
import type { ReportProgress } from '../../report-progress.ts';
import type { LibvirtLink } from '../link.ts';
import { type DowntimeStep, downtimeSteps, stepAt } from './downtime.ts';
import type { LiveMigrationTuning } from './live-migration-options.ts';

export interface WatchedMigration {
  readonly link: LibvirtLink;
  readonly domain: Domain;
  readonly tuning: LiveMigrationTuning;
  /** About how much there is to move. */
  readonly bytes: number;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Whether the guest must not run while its memory moves: QEMU's emulator loses some of the writes that it makes meanwhile, and the guest
   * crashes on its new host.
   */
  readonly isEmulated: boolean;
  /** Notes durably that the guest is about to be paused, so that it runs again if this process is killed and the migration fails. */
  readonly notePause: () => Promise<void>;
  /** Aborts the migration. */
  readonly signal: AbortSignal;
  readonly progress: ReportProgress | undefined;
}

const LOOK_EVERY_MS = 500;

/** An emulated guest is paused as soon as its memory begins to move, so that moment must not be missed when its disks are nearly there. */
const LOOK_CLOSELY_EVERY_MS = 20;
const NEARLY_BYTES = 64 * 1024 ** 2;

/** The least that limits count with, in GiB, as in Nova: small guests also need time. */
const LEAST_GIB = 2;

/** Watches one migration: tells its progress, allows longer downtimes with time, and ends it when it is aborted or takes too long. */
export class MigrationWatch {
  readonly #watched: WatchedMigration;
  readonly #steps: readonly DowntimeStep[];
  readonly #beganMs: number;
  readonly #gib: number;
  #step: DowntimeStep | undefined;
  #hasGivenUp = false;
  #isPostCopy = false;
  #hasPaused = false;
  #lookAgainMs = LOOK_EVERY_MS;

  constructor(watched: WatchedMigration) {
    this.#watched = watched;
    this.#gib = Math.max(LEAST_GIB, Math.ceil(watched.bytes / 1024 ** 3));
    this.#steps = downtimeSteps(watched.tuning, this.#gib);
    this.#beganMs = watched.clock.monotonicMs();
    if (watched.isEmulated) this.#lookAgainMs = LOOK_CLOSELY_EVERY_MS;
  }

  /** Watches until the migration has ended, and returns or throws as it does. */
  async until(moved: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const looking = this.#keepLooking(over.signal);
    try {
      await moved;
    } finally {
      over.abort(UNNEEDED);
      await looking;
    }
  }

  /** Lets the guest run there before its memory is, if that is permitted; else pauses it, so that its memory changes no more. */
  async hurry(): Promise<void> {
    const { link, domain, tuning } = this.#watched;
    if (this.#isPostCopy || this.#hasPaused) return;
    if (tuning.permitsPostCopy) {
      await link.call('let the server run on the other host', (libvirt) => libvirt.migrateStartPostCopy(domain));
      this.#isPostCopy = true;
      return;
    }
    await this.#pause();
  }

  /** Pauses the guest until it is there, where libvirt lets it run again. One that is paused anyway stays so. */
  async #pause(): Promise<void> {
    if (this.#hasPaused) return;
    const { link, domain, notePause } = this.#watched;
    const { state } = await link.call('look at the server', (libvirt) => libvirt.state(domain));
    if (state !== 'running') return;
    await notePause();
    await link.call('pause the server', (libvirt) => libvirt.suspend(domain));
    this.#hasPaused = true;
  }

  async #keepLooking(over: AbortSignal): Promise<void> {
    const { clock, log, domain } = this.#watched;
    while (!over.aborted) {
      // A look that fails is made again: the migration itself tells how it ends.
      await this.#look().catch((error: unknown) => log.debug({ serverId: domain.uuid, error: messageOf(error) }, 'no look at a migration'));
      await clock.sleep(this.#lookAgainMs, over).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const { link, domain, signal, tuning, clock, progress, isEmulated } = this.#watched;
    const { type, stats } = await link.call('look at the move of the server', (libvirt) => libvirt.jobStats(domain));
    if (type !== 'bounded' && type !== 'unbounded') return;
    const transfer = transferOf(stats);
    progress?.(percentOf(transfer), 'moving its memory and disks', transfer);
    if (isEmulated && !signal.aborted) {
      if (transfer.memory.total > 0) await this.#pause();
      const isClose = !this.#hasPaused && transfer.disk.remaining < NEARLY_BYTES;
      this.#lookAgainMs = isClose ? LOOK_CLOSELY_EVERY_MS : LOOK_EVERY_MS;
    }
    // The memory is on both hosts then: neither can go on alone.
    if (this.#isPostCopy) return;
    if (signal.aborted) return await this.#giveUp();
    const elapsedMs = clock.monotonicMs() - this.#beganMs;
    const limitMs = tuning.completionTimeoutSeconds * this.#gib * 1000;
    if (limitMs > 0 && elapsedMs > limitMs) return await (tuning.timeoutAction === 'abort' ? this.#giveUp() : this.hurry());
    const step = stepAt(this.#steps, elapsedMs);
    if (step === undefined || step === this.#step) return;
    await link.call('set the downtime of the server', (libvirt) => libvirt.migrateSetMaxDowntime(domain, step.downtimeMs));
    this.#step = step;
  }

  async #giveUp(): Promise<void> {
    if (this.#hasGivenUp) return;
    const { link, domain } = this.#watched;
    await link.call('end the move of the server', (libvirt) => libvirt.abortJob(domain));
    this.#hasGivenUp = true;
  }
}

function transferOf(stats: Readonly<Record<string, TypedValue>>): Transfer {
  const amounts = (what: 'memory' | 'disk') => {
    const of = (part: string): number => Number(stats[`${what}_${part}`] ?? 0);
    return { total: of('total'), processed: of('processed'), remaining: of('remaining') };
  };
  return { memory: amounts('memory'), disk: amounts('disk') };
}

/** As in Nova, by the memory that is left: it is what a migration may never get done with. */
const percentOf = ({ memory }: Transfer): number => (memory.total > 0 ? 100 - (100 * memory.remaining) / memory.total : 0);
