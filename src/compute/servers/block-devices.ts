import { errorType } from '../../lib/errors/error-type.ts';

/** A disk that somebody wants a new server to have. */
export interface BlockDevice {
  readonly source: 'volume' | 'image' | 'snapshot' | 'blank';
  readonly destination: 'local' | 'volume';
  /** 0 for the disk to boot from; null or negative for one that is not booted from. */
  readonly bootIndex: number | null;
  readonly imageId: string | null;
}

export const BlockDevicesInvalid = errorType(
  'BlockDevicesInvalid',
  'invalid',
  (p: { because: string }) => `Block Device Mapping is Invalid: ${p.because}`,
);

/**
 * A server's only disk is made of its image; naming just that disk is saying nothing new. Everything else takes a volume service
 * or disks that no flavor has, and is refused rather than forgotten.
 */
export function checkBlockDevices(devices: readonly BlockDevice[], imageId: string | null): void {
  if (devices.some(({ source, destination }) => destination === 'volume' || source === 'volume' || source === 'snapshot'))
    throw BlockDevicesInvalid({ because: 'there is no volume service in this cloud.' });
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
