import { Type as t, type Static } from '@sinclair/typebox';
import { imageId } from './ids.ts';

/** What the compute service needs to know about an image; a server keeps a copy from its boot. */
export const imageMeta = t.Object({
  id: imageId,
  name: t.String(),
  diskFormat: t.String(),
  containerFormat: t.String(),
  sizeBytes: t.Integer(),
  virtualSizeBytes: t.Union([t.Integer(), t.Null()]),
  /** sha512 of the data, hex. */
  hash: t.String(),
  minDiskGb: t.Integer(),
  minRamMb: t.Integer(),
  properties: t.Record(t.String(), t.String()),
  /** Whether this is what a volume keeps of its image, of a server that boots from the volume: no image was named for it. */
  isOfVolume: t.Optional(t.Literal(true)),
});
export type ImageMeta = Static<typeof imageMeta>;
