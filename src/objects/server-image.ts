import { Type as t, type Static } from '@sinclair/typebox';
import { imageId, type ImageId } from './ids.ts';

/** The disk formats of images of servers: those that hosts can boot again. */
export const snapshotFormats = ['qcow2', 'raw'] as const;
export type SnapshotFormat = (typeof snapshotFormats)[number];

/** The record of an image to make of a server, before it has data. */
export interface NewServerImage {
  readonly id: ImageId;
  readonly name: string;
  /** The project that owns it. */
  readonly owner: string;
  readonly visibility: 'private' | 'shared';
  readonly diskFormat: SnapshotFormat;
  readonly minDiskGb: number;
  readonly minRamMb: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** Where a host sends the data of an image: a URL of the image service and a short-lived token for this data only. */
export const imageTarget = t.Object({
  imageId,
  diskFormat: t.Unsafe<SnapshotFormat>({ type: 'string', enum: [...snapshotFormats] }),
  url: t.String(),
  token: t.String(),
});
export type ImageTarget = Static<typeof imageTarget>;
