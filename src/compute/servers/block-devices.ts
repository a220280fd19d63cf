import { errorType } from '../../lib/errors/error-type.ts';

/** A disk requested for a new server. */
export interface BlockDevice {
  readonly source: 'volume' | 'image' | 'snapshot' | 'blank';
  readonly destination: 'local' | 'volume';
  /** 0 for the boot disk; null or negative for others. */
  readonly bootIndex: number | null;
  readonly imageId: string | null;
}

export const BlockDevicesInvalid = errorType(
  'BlockDevicesInvalid',
  'invalid',
  (p: { because: string }) => `Block Device Mapping is Invalid: ${p.because}`,
);

/**
 * A server's only disk is made from its image; naming just that disk is valid. Everything else needs volumes, which servers get only
 * later, or disks that the flavor does not have, and is refused rather than ignored.
 */
export function checkBlockDevices(devices: readonly BlockDevice[], imageId: string | null): void {
  if (devices.some(({ source, destination }) => destination === 'volume' || source === 'volume' || source === 'snapshot'))
    throw BlockDevicesInvalid({ because: 'volumes can only be attached to servers that exist already.' });
  if (devices.some(({ source }) => source === 'blank'))
    throw BlockDevicesInvalid({ because: 'local disks are those of the flavor; others cannot be added.' });
  if (devices.length === 0) return;
  const [disk, ...others] = devices;
  const isBootDisk = disk?.bootIndex === 0 && disk.imageId !== null && disk.imageId === imageId;
  if (!isBootDisk || others.length > 0)
    throw BlockDevicesInvalid({
      because: 'Boot sequence for the instance and image/block device mapping combination is not valid.',
    });
}
