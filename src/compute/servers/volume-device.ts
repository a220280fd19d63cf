import type { Server } from '../../objects/server.ts';
import { TooManyDiskDevices } from './errors.ts';

/** Volumes are plugged into running guests, which only these two buses allow. */
const prefixFor = (image: Server['image']): 'sd' | 'vd' => (image?.properties['hw_disk_bus'] === 'scsi' ? 'sd' : 'vd');

/** The name of the volume that a server boots from: the first on its bus. */
export const rootDevice = (image: Server['image']): string => `/dev/${prefixFor(image)}a`;

/** The name that the next volume of a server gets in its guest, after the server's own disks, whichever bus an image that it is rebuilt from puts them on: `/dev/vdb`. */
export function nextDevice({ image, flavor, volumes }: Pick<Server, 'image' | 'flavor' | 'volumes'>): string {
  const prefix = prefixFor(image);
  const own = [true, flavor.ephemeralGb > 0, flavor.swapMb > 0].filter(Boolean).length;
  const taken = new Set(volumes.map(({ device }) => device));
  const names = Array.from(LETTERS.slice(own), (letter) => `/dev/${prefix}${letter}`);
  const free = names.find((name) => !taken.has(name));
  if (free === undefined) throw TooManyDiskDevices({ maximum: LETTERS.length });
  return free;
}

/** Without the last, which a config drive may have. */
const LETTERS = 'abcdefghijklmnopqrstuvwxy';
