import type { Flavor } from '../../objects/flavor.ts';
import type { ImageMeta } from '../../objects/image.ts';
import { FlavorTooSmall } from './errors.ts';

const GIB = 1024 ** 3;

/** The smallest disk that the image fits on, in GiB. */
export const diskNeededGb = (image: ImageMeta): number =>
  Math.max(image.minDiskGb, Math.ceil((image.virtualSizeBytes ?? image.sizeBytes) / GIB));

/** An image must fit its flavor; a flavor without a disk takes the image's own size, and a volume has one of its own. */
export function checkSizes(flavor: Flavor, image: ImageMeta, { isVolumeBacked = false } = {}): void {
  if (flavor.ramMb < image.minRamMb) throw FlavorTooSmall({ what: 'memory', unit: 'MB', has: flavor.ramMb, needs: image.minRamMb });
  if (flavor.rootGb === 0 || isVolumeBacked) return;
  const needs = diskNeededGb(image);
  if (flavor.rootGb < needs) throw FlavorTooSmall({ what: 'disk', unit: 'GB', has: flavor.rootGb, needs });
}
