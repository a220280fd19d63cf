import type { GuestSpec } from '../../../objects/guest-spec.ts';
import type { GuestDisk } from './disk-places.ts';

/** How guests run: emulated, or with hardware virtualisation. */
export type VirtType = 'qemu' | 'kvm';

/** A guest and the absolute paths of its files on this host. */
export interface DomainParts {
  readonly guest: GuestSpec;
  readonly virtType: VirtType;
  /** The directory of the driver that created it; see the server mark. */
  readonly home: string;
  readonly consoleLog: string;
  /** Where its firmware keeps its settings, if it is UEFI. */
  readonly nvram: string;
  readonly disks: readonly GuestDisk[];
  readonly kernel: string | undefined;
  readonly ramdisk: string | undefined;
}
