import type { OfferedFile } from '../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../lib/handover/offered-files.ts';
import type { MovedGuest } from '../objects/guest-spec.ts';
import type { ServerId } from '../objects/ids.ts';
import type { Arrival, Departure } from '../objects/live-migration.ts';
import type { ReportProgress } from './report-progress.ts';

/** A guest that comes running, and what it needs here. */
export interface Coming {
  readonly guest: MovedGuest;
  readonly departure: Departure;
}

/**
 * The part of a virt driver that moves guests while they run. The guest is on one host at any moment, whatever fails: there until it has
 * arrived here. As in all of the driver, every call is idempotent.
 */
export interface LiveMigrations {
  /** What a running or paused guest needs of a host that takes it in. */
  departure(serverId: ServerId): Promise<Departure>;
  /** Throws CannotTakeIn if a guest like this cannot run here. */
  checkArrival(departure: Departure): Promise<void>;
  /** What the other host needs before a running guest comes: the images below its disks, its config drive. */
  packImages(serverId: ServerId): Promise<readonly OfferedFile[]>;
  /** Prepares the host for a guest that comes running; `destroy` removes what it prepared. Cleans up on failure. */
  prepareArrival(coming: Coming, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<Arrival>;
  /**
   * Moves a running or paused guest to the host that prepared this arrival. Until it is there it runs here. When the signal aborts it stays
   * here, unless it has gone by then. A no-op for a guest that has gone.
   */
  migrate(guest: MovedGuest, arrival: Arrival, signal: AbortSignal, progress?: ReportProgress): Promise<void>;
  /** Lets a live migration end at once, at the cost of a pause; a no-op without one. */
  hurry(serverId: ServerId): Promise<void>;
  /** Ends a live migration that an earlier process began. @returns whether the guest is here then */
  stayHere(serverId: ServerId, signal: AbortSignal): Promise<boolean>;
  /** Whether a guest for which the host was prepared is here. Throws GuestStillComing while the hypervisor is taking it in. */
  hasArrived(serverId: ServerId): Promise<boolean>;
  /** The console log that a guest has left on this host; empty if there is none. */
  leftConsole(serverId: ServerId): Promise<string>;
  /** Makes a guest that has arrived one like all others; `console` is what its console printed elsewhere. */
  welcome(guest: MovedGuest, console: string): Promise<void>;
}
