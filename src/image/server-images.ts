import type { Context } from '../lib/context/context.ts';
import type { ImageId, ServerId } from '../objects/ids.ts';
import type { ImageTarget, NewServerImage, SnapshotFormat } from '../objects/server-image.ts';

/** How images of servers are made, whatever service keeps them. */
export interface ServerImages {
  /** Throws if the caller may not create the image. */
  checkNew(ctx: Context, image: NewServerImage): void;
  /** Creates the image without data; a no-op if there is, or ever was, an image with this id. */
  create(ctx: Context, image: NewServerImage): Promise<void>;
  /** Completes an image that has no data: its properties say all. A no-op if it is whole, or gone. */
  completeEmpty(ctx: Context, id: ImageId): Promise<void>;
  /** Whether the image has its data; `gone` if somebody deleted it. */
  progressOf(id: ImageId): Promise<'waiting' | 'whole' | 'gone'>;
  /** Where a host sends the data, with a short-lived credential for this data only, issued anew for each message. */
  targetOf(image: { readonly id: ImageId; readonly diskFormat: SnapshotFormat }): ImageTarget;
  /** Deletes the image; a no-op if it is gone, or if its owner protects it and it has its data. */
  discard(ctx: Context, id: ImageId): Promise<void>;
  /** The backups of a server of one type, newest first. */
  backupsOf(ctx: Context, backups: { readonly serverId: ServerId; readonly type: string }): Promise<readonly ImageId[]>;
}
