import type { ImageMemberRow } from '../db/stores/image/members.ts';
import type { ImageRow } from '../db/stores/image/images.ts';
import { asId, type ImageId } from '../objects/ids.ts';
import { diskFormats } from './formats/inspect.ts';
import { containerFormats, type Image, type ImageMember, type ImageStatus, type NewImage } from './image.ts';

export const toImage = (row: ImageRow): Image => ({
  id: asId<ImageId>(row.id),
  name: row.name,
  owner: row.owner,
  visibility: row.visibility,
  status: liveStatus(row.status),
  isProtected: row.protected,
  isHidden: row.hidden,
  diskFormat: diskFormats.find((format) => format === row.disk_format) ?? null,
  containerFormat: containerFormats.find((format) => format === row.container_format) ?? null,
  minDiskGb: row.min_disk_gb,
  minRamMb: row.min_ram_mb,
  tags: row.tags,
  properties: row.properties,
  sizeBytes: row.size_bytes,
  virtualSizeBytes: row.virtual_size_bytes,
  md5: row.md5,
  sha512: row.sha512,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const toMember = (row: ImageMemberRow): ImageMember => ({
  imageId: asId<ImageId>(row.image_id),
  member: row.member,
  status: row.status,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** The given attributes of an image, by column; omitted ones are left out. */
export const columnsOf = (image: NewImage) => ({
  ...(image.name !== undefined && { name: image.name }),
  ...(image.owner !== undefined && { owner: image.owner }),
  ...(image.visibility !== undefined && { visibility: image.visibility }),
  ...(image.isProtected !== undefined && { protected: image.isProtected }),
  ...(image.isHidden !== undefined && { hidden: image.isHidden }),
  ...(image.diskFormat !== undefined && { disk_format: image.diskFormat }),
  ...(image.containerFormat !== undefined && { container_format: image.containerFormat }),
  ...(image.minDiskGb !== undefined && { min_disk_gb: image.minDiskGb }),
  ...(image.minRamMb !== undefined && { min_ram_mb: image.minRamMb }),
  ...(image.tags !== undefined && { tags: image.tags }),
  ...(image.properties !== undefined && { properties: image.properties }),
});

/** Queries leave deleted rows out; one that was deleted in between counts as queued. */
const liveStatus = (status: ImageRow['status']): ImageStatus => (status === 'deleted' ? 'queued' : status);
