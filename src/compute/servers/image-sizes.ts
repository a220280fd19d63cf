import type { Flavor } from '../../objects/flavor.ts';
import type { ImageMeta } from '../../objects/image.ts';
import { FlavorTooSmall } from './errors.ts';

const GIB = 1024 ** 3;

/** An image must fit its flavor; a flavor without a disk takes the image's own size. */
export function checkSizes(flavor: Flavor, image: ImageMeta): void {
  if (flavor.ramMb < image.minRamMb) throw FlavorTooSmall({ what: 'memory', unit: 'MB', has: flavor.ramMb, needs: image.minRamMb });
  if (flavor.rootGb === 0) return;
  const needs = Math.max(image.minDiskGb, Math.ceil((image.virtualSizeBytes ?? image.sizeBytes) / GIB));
  if (flavor.rootGb < needs) throw FlavorTooSmall({ what: 'disk', unit: 'GB', has: flavor.rootGb, needs });
}
