import type { ImageMeta } from '../objects/image.ts';

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
