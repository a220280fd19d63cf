import type { GuestSpec } from '../objects/guest-spec.ts';
import type { HostReport, ObservedGuest } from '../objects/host-report.ts';
import type { ServerId } from '../objects/ids.ts';
import type { PowerState } from '../objects/states.ts';
import type { VirtAbility } from '../objects/virt-ability.ts';

/**
 * The hypervisor, as the compute manager sees it. Every driver passes `driver.contract.ts`.
 * Each call may be repeated: asking for what is already so does nothing and succeeds, for a host that was killed
 * in the middle does its work again. A guest that is not there is `GuestNotFound` (except for destroy, which is then done).
 */
export interface VirtDriver {
  /** What this driver can do; the API answers "not implemented" for the rest, whose methods throw NotSupportedByHypervisor. */
  readonly capabilities: VirtCapabilities;
  /** Makes the host ready: connects, waits for the hypervisor, cleans up what an earlier life left half made. */
  start(): Promise<void>;
  /** Lets go of the hypervisor; guests go on running. */
  close(): Promise<void>;
  /** Capacity and kind of this host. */
  report(): Promise<Omit<HostReport, 'host'>>;
  /** Every guest of ours on this host, running or not. */
  listGuests(): Promise<readonly ObservedGuest[]>;
  powerState(serverId: ServerId): Promise<PowerState>;

  /** Makes the guest and starts it: disk from its image, kernel and ramdisk if any, its vifs. On failure nothing is left. */
  spawn(guest: GuestSpec, signal: AbortSignal, progress?: ReportProgress): Promise<void>;
  /** Ends the guest and removes all that belongs to it on this host. */
  destroy(serverId: ServerId): Promise<void>;
  powerOn(serverId: ServerId): Promise<void>;
  /** Asks the guest to shut down, and cuts its power when it has not within `graceMs`. Rejects where it waits when the signal aborts. */
  powerOff(serverId: ServerId, options: Patience): Promise<void>;
  /** Soft: the guest shuts itself down and starts again (hard, when it does not obey within `graceMs`). Hard: power cut and start, from any state. */
  reboot(serverId: ServerId, options: Patience & { readonly type: 'soft' | 'hard' }): Promise<void>;
  /** Freezes the guest in memory. */
  pause(serverId: ServerId): Promise<void>;
  unpause(serverId: ServerId): Promise<void>;
  /** Saves the guest's memory to disk and frees the host's. */
  suspend(serverId: ServerId): Promise<void>;
  resume(serverId: ServerId): Promise<void>;
  /** Makes the guest's kernel dump its memory (an NMI), which the guest must be set up for. It goes on running, or reboots, as it pleases. */
  triggerCrashDump(serverId: ServerId): Promise<void>;
  /** Sets the password of the administrator in a running guest. */
  setAdminPassword(serverId: ServerId, password: string): Promise<void>;
  /** The last `lines` lines of the serial console (all, when undefined), at most MAX_CONSOLE_BYTES. */
  consoleOutput(serverId: ServerId, lines?: number): Promise<string>;
}

/** Takes how far a piece of work is, from 0 to 100 percent, and perhaps what it is at. It may be called often. */
export type ReportProgress = (percent: number, text?: string) => void;

/** How long to wait for a guest to obey. */
export interface Patience {
  readonly graceMs: number;
  /** Ends the waiting: the guest is wanted for something else, or the service stops. */
  readonly signal?: AbortSignal;
}

export type VirtCapabilities = Readonly<Record<VirtAbility, boolean>>;

/** The largest piece of console log that a driver returns, in bytes. */
export const MAX_CONSOLE_BYTES = 102_400;
