import { asId, type ImageId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { Volume } from '../objects/volume.ts';

/** What a volume keeps of the image that it was made of, as texts. */
export const imageMetadataOf = (image: ImageMeta): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(image.properties).map(([key, value]) => [key, String(value)])),
  image_id: image.id,
  image_name: image.name,
  container_format: image.containerFormat,
  disk_format: image.diskFormat,
  min_disk: String(image.minDiskGb),
  min_ram: String(image.minRamMb),
  size: String(image.sizeBytes),
});

/** The image that a volume was made of, as far as the volume knows it. */
export function imageOfVolume({ id, imageMetadata }: Pick<Volume, 'id' | 'imageMetadata'>): ImageMeta | null {
  if (imageMetadata === null) return null;
  const { image_id, image_name, container_format, disk_format, min_disk: _, min_ram, size, checksum: __, ...properties } = imageMetadata;
  return {
    id: asId<ImageId>(image_id || id),
    name: image_name ?? '',
    containerFormat: container_format ?? 'bare',
    diskFormat: disk_format ?? 'raw',
    sizeBytes: Number(size) || 0,
    virtualSizeBytes: null,
    hash: '',
    // It is on a volume already, which has a size of its own.
    minDiskGb: 0,
    minRamMb: Number(min_ram) || 0,
    properties,
    isOfVolume: true,
  };
}
