import type { Duplex } from 'node:stream';
import type { OfferedFile } from '../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../lib/handover/offered-files.ts';
import type { ConsoleKind } from '../objects/console.ts';
import type { Diagnostics } from '../objects/diagnostics.ts';
import type { GuestSpec, ImageSource, MovedGuest } from '../objects/guest-spec.ts';
import type { HostReport, ObservedGuest } from '../objects/host-report.ts';
import type { ServerId } from '../objects/ids.ts';
import type { GuestVolume, PluggedVolume } from '../objects/guest-volume.ts';
import type { Vif } from '../objects/network-info.ts';
import type { RescueDevice } from '../objects/rescue-device.ts';
import type { PowerState } from '../objects/states.ts';
import type { Quiesce } from '../objects/guest-agent.ts';
import type { ImageTarget } from '../objects/server-image.ts';
import type { VirtAbility } from '../objects/virt-ability.ts';
import type { LiveMigrations } from './live-migrations.ts';
import type { ReportProgress } from './report-progress.ts';

export type { ReportProgress } from './report-progress.ts';

/**
 * The hypervisor, as the compute manager sees it. Every driver passes `driver.contract.ts`.
 * Every call is idempotent: a host that was killed midway repeats its work, and repeating a completed call is a no-op.
 * A missing guest is `GuestNotFound`, except for destroy, which then succeeds.
 */
export interface VirtDriver {
  /** What this driver can do; the API answers "not implemented" for the rest, whose methods throw NotSupportedByHypervisor. */
  readonly capabilities: VirtCapabilities;
  /** Prepares the host: connects, waits for the hypervisor, cleans up after an earlier process that was killed. */
  start(): Promise<void>;
  /** Disconnects from the hypervisor; guests keep running. */
  close(): Promise<void>;
  /** Capacity and kind of this host; `capabilities` are the traits of the hardware that it can give to guests (`hostTrait`). */
  report(): Promise<Omit<HostReport, 'host'>>;
  /** Every guest of this driver on the host, running or not. */
  listGuests(): Promise<readonly ObservedGuest[]>;
  powerState(serverId: ServerId): Promise<PowerState>;
  /** Removes cached images that no guest has used for so long, never one in use; returns how many. */
  ageOutImages(unusedForMs: number): Promise<number>;
  /** Fetches an image into the host's cache, so that guests made from it start sooner; a no-op when it is cached. */
  cacheImage(source: ImageSource, signal: AbortSignal, progress?: ReportProgress): Promise<void>;

  /** Creates and starts the guest: disk from its image, kernel and ramdisk if any, its vifs. Cleans up on failure. */
  spawn(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void>;
  /** Stops the guest and removes everything of it from this host. */
  destroy(serverId: ServerId): Promise<void>;
  /** Starts the guest; one that was being rescued leaves its rescue. */
  powerOn(serverId: ServerId): Promise<void>;
  /** Asks the guest to shut down, and cuts its power after `graceMs`. Rejects if the signal aborts while it waits. */
  powerOff(serverId: ServerId, options: Patience): Promise<void>;
  /**
   * Shuts the guest down and boots it from the disk of `guest`, with its own disks beside: with a `device` all keep their places, without
   * one the rescue disk is the first and the root disk the second. Repeating a completed rescue is a no-op.
   */
  rescue(guest: GuestSpec, options: Patience & { readonly device: RescueDevice | null }, progress?: ReportProgress): Promise<void>;
  /** Gives the guest its own disks alone again, and leaves it shut down; a no-op when it is not being rescued. */
  unrescue(serverId: ServerId): Promise<void>;
  /** Soft: the guest shuts itself down and starts again (hard after `graceMs`). Hard: power cut and start, from any state; one that was being rescued leaves its rescue. */
  reboot(serverId: ServerId, options: Patience & { readonly type: 'soft' | 'hard' }): Promise<void>;
  /** Freezes the guest in memory. */
  pause(serverId: ServerId): Promise<void>;
  unpause(serverId: ServerId): Promise<void>;
  /** Saves the guest's memory to disk and frees the host's. */
  suspend(serverId: ServerId): Promise<void>;
  resume(serverId: ServerId): Promise<void>;
  /** Plugs a network card into the guest, now if it runs and for its next starts. */
  attachInterface(serverId: ServerId, vif: Vif): Promise<void>;
  /** Takes the network card with this address out of the guest; a no-op without one. Fails if a running guest does not release it. */
  detachInterface(serverId: ServerId, macAddress: string, unplugging: Unplugging): Promise<void>;
  /**
   * Plugs a volume into the guest under the name of its device, now if it runs and for its next starts. A disk of the same volume that is
   * connected in another way leads nowhere any more and is taken out first.
   */
  attachVolume(serverId: ServerId, volume: GuestVolume, unplugging: Unplugging): Promise<void>;
  /** Takes a volume out of the guest; a no-op without it. Fails if a running guest does not release it. */
  detachVolume(serverId: ServerId, volumeId: string, unplugging: Unplugging): Promise<void>;
  /** Gives the guest these volumes and no others, by these connections, from its next start on. */
  setVolumes(serverId: ServerId, volumes: readonly GuestVolume[]): Promise<void>;
  /** Lets the guest have what was added to a volume, by a connection of this many bytes; a running guest sees it at once. Fails if it lacks the volume. */
  growVolume(serverId: ServerId, volume: GuestVolume, bytes: number): Promise<void>;
  /** The volumes that the guest has. */
  volumesOf(serverId: ServerId): Promise<readonly PluggedVolume[]>;
  /** Sends an NMI, on which a suitably configured guest kernel dumps its memory. The guest decides whether it reboots. */
  triggerCrashDump(serverId: ServerId): Promise<void>;
  /** Sets the password of a user in a running guest. */
  setAdminPassword(serverId: ServerId, login: Login, signal: AbortSignal): Promise<void>;

  /** The files of a guest that is off, for another host. */
  pack(serverId: ServerId): Promise<readonly OfferedFile[]>;
  /** Makes the guest from the files that another host packed, off, grown to its flavor; replaces one that is there. Cleans up on failure. */
  unpack(guest: MovedGuest, from: OfferedFiles, signal: AbortSignal, progress?: ReportProgress): Promise<void>;
  /** Gives a guest that is off the size of its flavor, and keeps what it was before until that is confirmed or reverted. */
  resize(guest: MovedGuest, signal: AbortSignal): Promise<void>;
  /** Forgets what a resized guest was before. */
  confirmResize(serverId: ServerId): Promise<void>;
  /** Makes a resized guest that is off what it was before. */
  revertResize(serverId: ServerId): Promise<void>;

  /** What the hypervisor counts of a running guest; GuestInWrongState when it does not run. */
  diagnostics(serverId: ServerId): Promise<Diagnostics>;
  /**
   * Copies the guest's disk as it is now, flattened, and sends it to the image service. A running guest runs on, one that is down stays down.
   * However it ends, nothing of the copy is left on the host; a copy of an earlier process is begun anew.
   */
  snapshot(serverId: ServerId, target: ImageTarget, options: SnapshotOptions): Promise<void>;
  /** Moves of guests that run meanwhile. */
  readonly live: LiveMigrations;

  /** The last `lines` lines of the serial console (all, when undefined), at most MAX_CONSOLE_BYTES. */
  consoleOutput(serverId: ServerId, lines?: number): Promise<string>;
  /** Finds a console of a running guest; NoSuchConsole if it has none of this kind, GuestInWrongState when it does not run. */
  console(serverId: ServerId, kind: ConsoleKind): Promise<GuestConsole>;
}

/** A console of a guest: what it shows and takes, in the protocol of its kind. */
export interface GuestConsole {
  /** Connects to it. The stream ends when the guest stops or leaves. */
  open(): Promise<Duplex>;
}

/** A user in a guest, and the password that it gets. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** How long to wait for a guest to shut down. */
export interface Patience {
  readonly graceMs: number;
  /** Aborts the wait: another operation takes over the guest, or the service stops. */
  readonly signal?: AbortSignal;
}

/** How often a running guest is asked to release a device, and how long it may take each time. */
export interface Unplugging {
  readonly attempts: number;
  readonly timeoutMs: number;
  /** Aborts the wait. */
  readonly signal?: AbortSignal;
}

/** What a snapshot does: copies the disk, then uploads it. */
export type SnapshotStage = 'copying' | 'uploading';

export interface SnapshotOptions {
  readonly signal: AbortSignal;
  /** How a running guest is quiesced for the moment in which the copy begins; not at all by default. */
  readonly quiesce?: Quiesce | undefined;
  readonly progress?: ReportProgress;
  /** Called when a stage begins. */
  readonly onStage?: (stage: SnapshotStage) => void;
}

export type VirtCapabilities = Readonly<Record<VirtAbility, boolean>>;

/** The most console log that a driver returns, in bytes. */
export const MAX_CONSOLE_BYTES = 102_400;
