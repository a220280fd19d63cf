import type { OfferedFile } from '../../../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../../../lib/handover/offered-files.ts';
import type { MovedGuest } from '../../../objects/guest-spec.ts';
import { asId, type ServerId } from '../../../objects/ids.ts';
import type { Arrival, Departure } from '../../../objects/live-migration.ts';
import type { Coming, LiveMigrations } from '../../live-migrations.ts';
import type { ReportProgress } from '../../report-progress.ts';
import { basename } from 'node:path';
import { consoleTail } from '../console-log.ts';
import { attempt } from '../hypervisor-error.ts';
import { packedDrive, packedImages } from '../packed-images.ts';
import { Arrivals } from './arrivals.ts';
import { Departures, type DeparturesOptions } from './departures.ts';
import type { ArrivalPlace } from './live-migration-options.ts';

/** Live migration by libvirt: the daemons of two hosts move a guest between them, with its disks. */
export class LibvirtLiveMigrations implements LiveMigrations {
  readonly #options: DeparturesOptions;
  readonly #arrivals: Arrivals;
  readonly #departures: Departures;

  constructor(options: DeparturesOptions & { readonly place: ArrivalPlace }) {
    this.#options = options;
    this.#arrivals = new Arrivals(options);
    this.#departures = new Departures(options);
  }

  /** Looks after guests that were coming or leaving when an earlier process ended. */
  async tidy(): Promise<void> {
    await this.#options.directories.forEach(async (paths) => {
      const serverId = asId<ServerId>(basename(paths.directory));
      await this.#arrivals.tidy(paths, serverId);
      await this.#departures.tidy(paths, serverId);
    });
  }

  departure(serverId: ServerId): Promise<Departure> {
    return this.#departures.describe(serverId);
  }

  checkArrival(departure: Departure): Promise<void> {
    return this.#arrivals.check(departure);
  }

  packImages(serverId: ServerId): Promise<readonly OfferedFile[]> {
    const { directories, images } = this.#options;
    const paths = directories.paths(serverId);
    return attempt('offer the images of the server', async () => [...(await packedDrive(paths)), ...(await packedImages(paths, images))]);
  }

  prepareArrival(coming: Coming, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<Arrival> {
    return this.#arrivals.prepare(coming, from, signal, progress);
  }

  migrate(guest: MovedGuest, arrival: Arrival, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    return this.#departures.send(guest, arrival, signal, progress);
  }

  hurry(serverId: ServerId): Promise<void> {
    return this.#departures.hurry(serverId);
  }

  stayHere(serverId: ServerId, signal: AbortSignal): Promise<boolean> {
    return this.#departures.stay(serverId, signal);
  }

  hasArrived(serverId: ServerId): Promise<boolean> {
    return this.#arrivals.has(serverId);
  }

  leftConsole(serverId: ServerId): Promise<string> {
    return attempt('read the console of the server', () => consoleTail(this.#options.directories.paths(serverId).consoleLog, undefined));
  }

  welcome(guest: MovedGuest, console: string): Promise<void> {
    return this.#arrivals.welcome(guest, console);
  }
}
