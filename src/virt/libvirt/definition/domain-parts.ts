import type { GuestSpec } from '../../../objects/guest-spec.ts';
import type { GuestDisk } from './disk-places.ts';
import type { ScreenChoice } from './screens.ts';

/** How guests run: emulated, or with hardware virtualisation. */
export type VirtType = 'qemu' | 'kvm';

/** The kinds of processor that guests can have. */
export const cpuModes = ['host-model', 'host-passthrough', 'maximum', 'custom', 'none'] as const;

/** The processor that all guests of a host get; without a mode, the best that runs on like hosts too. With it, where it runs. */
export interface CpuChoice {
  readonly mode: (typeof cpuModes)[number] | undefined;
  /** For `custom`: its name for libvirt, such as `Nehalem`. */
  readonly model: string | undefined;
  /** Features to add, or with `-` to take away: `pcid`, `+pcid`, `-mtrr`. */
  readonly extraFlags: readonly string[];
  /** The CPUs of the host for guests that have none of their own, if not all. */
  readonly shared?: readonly number[] | undefined;
}

/** The choice of a host whose operator chose nothing. */
export const usualCpu: CpuChoice = { mode: undefined, model: undefined, extraFlags: [] };

/** A guest and the absolute paths of its files on this host. */
export interface DomainParts {
  readonly guest: GuestSpec;
  readonly virtType: VirtType;
  readonly cpu: CpuChoice;
  readonly screens: ScreenChoice;
  /** The directory of the driver that created it; see the server mark. */
  readonly home: string;
  readonly consoleLog: string;
  /** Where its firmware keeps its settings, if it is UEFI. */
  readonly nvram: string;
  readonly disks: readonly GuestDisk[];
  readonly kernel: string | undefined;
  readonly ramdisk: string | undefined;
}
