/** How the disks of a guest are attached: their buses, their names, their order. */
import type { GuestHardware } from '../../../objects/hardware/hardware.ts';
import { isQ35 } from '../../../objects/hardware/machine.ts';

/** The buses that disks of guests here can be on, with how libvirt names the disks of each. */
const prefixes = { virtio: 'vd', ide: 'hd', scsi: 'sd', sata: 'sd', usb: 'sd' } as const;

/** The bus of a disk. */
export type DiskBus = keyof typeof prefixes;

/** The buses of disks. */
export const diskBuses: readonly DiskBus[] = ['virtio', 'ide', 'scsi', 'sata', 'usb'];

/** The file of a disk. */
export interface DiskFile {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
}

/** A disk as the guest gets it. */
export interface GuestDisk extends DiskFile {
  readonly device: 'disk' | 'cdrom';
  readonly bus: DiskBus;
  /** Its name for libvirt, unique in the guest: `vda`. */
  readonly dev: string;
  /** The disk to boot from, where it is not the first one. */
  readonly isBooted?: true;
  /** Its place on its controller, where the name does not say it. */
  readonly unit?: number;
}

/** The guest's own disks, in order, on the bus that its image asks for: vda, vdb. Where its root disk is a volume, that has the first name. */
export const ownPlaces = (disks: readonly DiskFile[], hardware: GuestHardware, { withoutRoot = false } = {}): GuestDisk[] => {
  const bus = busIn(hardware.diskBus) ?? 'virtio';
  return disks.map((disk, index) => ({ ...disk, device: 'disk', bus, dev: named(bus, withoutRoot ? index + 1 : index) }));
};

/** A further disk, under the first name that is free on its bus. */
export const nextPlace = (
  disk: DiskFile,
  at: { readonly device: GuestDisk['device']; readonly bus: DiskBus },
  taken: readonly Pick<GuestDisk, 'dev'>[],
): GuestDisk => {
  const names = new Set(taken.map(({ dev }) => dev));
  const free = Array.from({ length: LETTERS }, (_, index) => named(at.bus, index)).find((name) => !names.has(name));
  return { ...disk, ...at, dev: free ?? named(at.bus, taken.length) };
};

/** The last of the six places of a SATA controller. */
const LAST_SATA_UNIT = 5;

/** The config drive, on the last place of its bus as in Nova, so that it never takes the name of another disk. */
export const drivePlace = (file: string, format: 'iso9660' | 'vfat', hardware: GuestHardware): GuestDisk => {
  const isDisc = format === 'iso9660';
  const usual = isDisc ? (isQ35(hardware) ? 'sata' : 'ide') : 'virtio';
  const bus = busIn(isDisc ? hardware.cdromBus : hardware.diskBus) ?? usual;
  const place = { file, format: 'raw', device: isDisc ? 'cdrom' : 'disk', bus } as const;
  if (bus === 'ide') return { ...place, dev: 'hdd' };
  return { ...place, dev: named(bus, LETTERS - 1), ...(bus === 'sata' && { unit: LAST_SATA_UNIT }) };
};

const LETTERS = 26;

const named = (bus: DiskBus, index: number): string => `${prefixes[bus]}${String.fromCharCode('a'.charCodeAt(0) + index)}`;

const busIn = (name: string | undefined): DiskBus | undefined => diskBuses.find((bus) => bus === name);
