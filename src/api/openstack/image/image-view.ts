import { Type as t } from '@sinclair/typebox';
import type { Image } from '../../../image/image.ts';
import type { Answer } from '../wsgi/answer.ts';

const nullable = (type: ReturnType<typeof t.String> | ReturnType<typeof t.Integer>) => t.Union([type, t.Null()]);

const schema = t.Object(
  {
    id: t.String(),
    name: nullable(t.String()),
    status: t.String(),
    visibility: t.String(),
    owner: t.String(),
    protected: t.Boolean(),
    os_hidden: t.Boolean(),
    disk_format: nullable(t.String()),
    container_format: nullable(t.String()),
    min_disk: t.Integer(),
    min_ram: t.Integer(),
    size: nullable(t.Integer()),
    virtual_size: nullable(t.Integer()),
    checksum: nullable(t.String()),
    os_hash_algo: nullable(t.String()),
    os_hash_value: nullable(t.String()),
    tags: t.Array(t.String()),
    created_at: t.String(),
    updated_at: t.String(),
    self: t.String(),
    file: t.String(),
    schema: t.String(),
  },
  // An image's own properties stand beside what every image has.
  { additionalProperties: t.String() },
);

/** One image as Glance v2 shows it: flat, its own properties beside the rest. */
export const imageAnswer: Answer<Image> = { schemaAt: () => schema, render: viewOf };

/** A page of images, with where it begins and where the next one is. */
export interface ImagePage {
  readonly images: readonly Image[];
  readonly first: string;
  readonly next: string | undefined;
}

const pageSchema = t.Object({
  images: t.Array(schema),
  first: t.String(),
  next: t.Optional(t.String()),
  schema: t.String(),
});

export const imagePageAnswer: Answer<ImagePage> = {
  schemaAt: () => pageSchema,
  render: ({ images, first, next }) => ({
    images: images.map(viewOf),
    first,
    ...(next !== undefined && { next }),
    schema: '/v2/schemas/images',
  }),
};

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

const seconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');
