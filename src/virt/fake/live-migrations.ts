import type { OfferedFile } from '../../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../../lib/handover/offered-files.ts';
import type { MovedGuest } from '../../objects/guest-spec.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Arrival, Departure, Transfer } from '../../objects/live-migration.ts';
import { GuestInWrongState, GuestNotFound, LiveMigrationFailed } from '../errors.ts';
import type { Coming, LiveMigrations } from '../live-migrations.ts';
import type { ReportProgress } from '../report-progress.ts';
import type { FaultInjector } from './faults.ts';
import type { GuestFiles } from './guest-files.ts';
import { resized } from './resized.ts';

const MIB = 1024 ** 2;

/** Live migrations between simulated hosts of one machine: the guest's file moves from one directory to the other. */
export class FakeLiveMigrations implements LiveMigrations {
  readonly #guests: GuestFiles;
  readonly #faults: FaultInjector;
  /** Ends the delays of migrations in progress. */
  readonly #hurries = new Map<ServerId, AbortController>();

  constructor(guests: GuestFiles, faults: FaultInjector) {
    this.#guests = guests;
    this.#faults = faults;
  }

  async departure(serverId: ServerId): Promise<Departure> {
    await this.#faults.pass('departure');
    const guest = this.#guests.get(serverId);
    if (!guest) throw GuestNotFound({ serverId });
    if (guest.power !== 'running' && guest.power !== 'paused')
      throw GuestInWrongState({ serverId, state: guest.power, wanted: 'running or paused' });
    // Simulated guests have no disks.
    return { disks: [], diskBytes: 0, hypervisorVersion: 1_000_000 };
  }

  checkArrival(): Promise<void> {
    return this.#faults.pass('checkArrival');
  }

  async packImages(): Promise<readonly OfferedFile[]> {
    return [];
  }

  async prepareArrival({ guest }: Coming, _from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<Arrival> {
    await this.#faults.pass('prepareArrival', signal, progress);
    signal.throwIfAborted();
    return { path: await this.#guests.expect(guest.serverId) };
  }

  async migrate(
    { serverId, volumes = [] }: MovedGuest,
    { path = '' }: Arrival,
    signal: AbortSignal,
    progress?: ReportProgress,
  ): Promise<void> {
    const guest = this.#guests.get(serverId);
    if (!guest) return;
    const hurry = new AbortController();
    this.#hurries.set(serverId, hurry);
    try {
      const report: ReportProgress = (percent, text) => progress?.(percent, text, transferred(guest.spec.flavor.ramMb * MIB, percent));
      report(0);
      await this.#faults.pass('liveMigrate', AbortSignal.any([signal, hurry.signal]), report).catch((error: unknown) => {
        if (!hurry.signal.aborted) throw error;
      });
      signal.throwIfAborted();
      await this.#guests.put({ ...guest, volumes });
      await this.#guests.handOver(serverId, path).catch(async (cause: unknown) => {
        await this.#guests.put(guest);
        throw LiveMigrationFailed({ because: 'the other host does not expect the server.' }, { cause });
      });
    } finally {
      this.#hurries.delete(serverId);
    }
  }

  async hurry(serverId: ServerId): Promise<void> {
    this.#hurries.get(serverId)?.abort();
  }

  async stayHere(serverId: ServerId): Promise<boolean> {
    return this.#guests.get(serverId) !== undefined;
  }

  async hasArrived(serverId: ServerId): Promise<boolean> {
    return this.#guests.get(serverId) !== undefined;
  }

  /** The console is in the file that moves. */
  async leftConsole(): Promise<string> {
    return '';
  }

  async welcome(guest: MovedGuest): Promise<void> {
    await this.#faults.pass('welcome');
    const arrived = this.#guests.get(guest.serverId);
    if (!arrived) throw GuestNotFound({ serverId: guest.serverId });
    await this.#guests.put({ ...arrived, spec: resized(arrived.spec, guest) });
    await this.#guests.unexpect(guest.serverId);
  }
}

/** A part of this many bytes of memory. */
function transferred(total: number, percent: number): Transfer {
  const processed = Math.round((total * percent) / 100);
  return { memory: { total, processed, remaining: total - processed }, disk: { total: 0, processed: 0, remaining: 0 } };
}
