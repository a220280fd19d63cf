import type { Context } from '../lib/context/context.ts';
import type { HostName, ServerId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { GuestVolume } from '../objects/guest-volume.ts';
import type { VolumeToMake } from '../objects/server-volume.ts';
import type { SnapshotStatus, VolumeStatus } from '../objects/volume.ts';

/** A server's use of a volume. The id of the attachment is chosen by whoever asks, so that asking again is a no-op. */
export interface VolumeUse {
  readonly attachmentId: string;
  readonly volumeId: string;
  readonly serverId: ServerId;
}

/** A use of a volume on a host, where the guest finds it as `device`. */
export interface VolumeOnHost extends Omit<VolumeUse, 'serverId'> {
  readonly host: HostName;
  readonly device: string;
}

/** A volume that a server may take, as far as the server must know. */
export interface FreeVolume {
  readonly isMultiattach: boolean;
  readonly isBootable: boolean;
  readonly sizeGb: number;
  readonly zone: string;
  /** What it keeps of the image that it was made of. */
  readonly image: ImageMeta | null;
}

/** A snapshot that an image of a server is to list. Its id is chosen by whoever asks, so that asking again is a no-op. */
export interface ServerSnapshot {
  readonly snapshotId: string;
  readonly volumeId: string;
  readonly name: string;
}

/** Snapshots of the volumes of servers, whatever service keeps them. Each call is idempotent. */
export interface ServerSnapshots {
  /** Throws unless the caller may take snapshots of all these volumes now. @returns their sizes in GiB, in order */
  check(ctx: Context, volumeIds: readonly string[]): Promise<readonly number[]>;
  /** Begins to keep what the volume has now, though a guest may write to it. */
  take(ctx: Context, snapshot: ServerSnapshot): Promise<void>;
  /** Undefined if it is gone. */
  statusOf(ctx: Context, snapshotId: string): Promise<SnapshotStatus | undefined>;
  /** Begins to delete it, even while it is being taken; a no-op if it is gone. */
  discard(ctx: Context, snapshotId: string): Promise<void>;
}

/** How servers take volumes, use them and give them back, whatever service keeps them. Each call is idempotent. */
export interface ServerVolumes {
  readonly snapshots: ServerSnapshots;
  /** Throws unless the caller may use the volume and a server may take it now. */
  check(ctx: Context, use: { readonly volumeId: string; readonly serverId: ServerId | null }): Promise<FreeVolume>;
  /** What a volume made of the snapshot would be like; throws unless the caller may make one. */
  checkSnapshot(ctx: Context, snapshotId: string): Promise<Pick<FreeVolume, 'isBootable' | 'sizeGb' | 'image'>>;
  /** Whether the caller may name this type, by its id or name. */
  knowsType(ctx: Context, named: string): Promise<boolean>;
  /** Begins to make a volume of the caller's project; a no-op if there is one of this id. */
  make(ctx: Context, volume: VolumeToMake): Promise<void>;
  /** The size of a volume in GiB; undefined if it is gone. */
  sizeOf(ctx: Context, volumeId: string): Promise<number | undefined>;
  /** Begins to replace the data of a volume that a server holds, while no host is connected to it, by that of an image. */
  reimage(ctx: Context, use: { readonly volumeId: string; readonly imageId: string }): Promise<void>;
  /** The state of a volume; undefined if it is gone. */
  statusOf(ctx: Context, volumeId: string): Promise<VolumeStatus | undefined>;
  /** Takes the volume for the server, so that no other gets it. */
  reserve(ctx: Context, use: VolumeUse): Promise<void>;
  /** Connects the reserved volume to a host; returns how its hypervisor plugs it in. Undefined if the attachment is gone. */
  connect(ctx: Context, at: VolumeOnHost): Promise<GuestVolume | undefined>;
  /** The guest has the volume by the connection that was last made. */
  complete(ctx: Context, attachmentId: string): Promise<void>;
  /** Ends the connection and keeps the volume for the server, whose guest is gone; a no-op if that is done. */
  disconnect(ctx: Context, attachmentId: string): Promise<void>;
  /** The same for certain: when it returns, nobody writes by this connection any more. Fails while that cannot be told. */
  fence(ctx: Context, attachmentId: string): Promise<void>;
  /** Ends the connection and gives the volume back; a no-op if that is done. */
  release(ctx: Context, attachmentId: string): Promise<void>;
  /** Gives back what the server holds of volumes by other attachments than these: what a move left behind. */
  releaseOthers(ctx: Context, held: { readonly serverId: ServerId; readonly attachmentIds: readonly string[] }): Promise<void>;
  /** Whether the guest has the volume, or will have it at its next start. */
  isAttached(ctx: Context, attachmentId: string): Promise<boolean>;
  /** Whether the server still has the volume. */
  isHeld(ctx: Context, attachmentId: string): Promise<boolean>;
  /**
   * Begins to delete a volume of this project, even one that still gets its data; a no-op if it is gone, its state forbids it, or it is
   * another project's by now.
   */
  discard(ctx: Context, volume: { readonly volumeId: string; readonly projectId: string }): Promise<void>;
}
