/** Images in answers. */
import { Type as t } from '@sinclair/typebox';
import type { Image } from '../../../image/image.ts';
import type { Answer } from '../../pipeline/answer.ts';
import { propertyValue, readable, settable } from './image-attributes.ts';

// Custom properties appear beside the base attributes.
/** The schema of an image, which allows custom properties. */
export const imageSchema = t.Object({ ...settable, ...readable }, { additionalProperties: propertyValue });

/** One image as Glance v2 shows it: flat, with custom properties beside the rest. */
export const imageAnswer: Answer<Image> = { schemaAt: () => imageSchema, render: viewOf };

function viewOf(image: Image) {
  const self = `/v2/images/${image.id}`;
  return {
    ...image.properties,
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    owner: image.owner,
    protected: image.isProtected,
    os_hidden: image.isHidden,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    min_disk: image.minDiskGb,
    min_ram: image.minRamMb,
    size: image.sizeBytes,
    virtual_size: image.virtualSizeBytes,
    checksum: image.md5,
    os_hash_algo: image.sha512 === null ? null : 'sha512',
    os_hash_value: image.sha512,
    tags: image.tags,
    created_at: seconds(image.createdAt),
    updated_at: seconds(image.updatedAt),
    self,
    file: `${self}/file`,
    schema: '/v2/schemas/image',
  };
}

/** The time format of this API. */
export const seconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');
