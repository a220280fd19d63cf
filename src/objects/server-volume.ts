// The volumes of servers, as their records know them.
import { type Static, Type as t } from '@sinclair/typebox';

/** A volume that a server has, or is about to get: what Nova calls a block device mapping. */
export const serverVolume = t.Object({
  id: t.String(),
  volumeId: t.String(),
  /** The attachment in the volume service. */
  attachmentId: t.String(),
  /** Where the guest finds it: `/dev/vdb`. */
  device: t.String(),
  tag: t.Union([t.String(), t.Null()]),
  /** Whether the volume is deleted with the server. */
  isDeletedWithServer: t.Boolean(),
  /** Its place among the disks that the guest may boot from; 0 is the disk that it boots from. */
  bootIndex: t.Optional(t.Integer()),
});
export type ServerVolume = Readonly<Static<typeof serverVolume>>;

/** A volume that is made for a new server, under an id that its record lists already. */
export interface VolumeToMake {
  readonly volumeId: string;
  readonly name: string;
  readonly sizeGb: number;
  /** The id or the name of a type; null for that of its source, or the usual one. */
  readonly type: string | null;
  /** What it is made of; empty without. */
  readonly imageId?: string;
  readonly snapshotId?: string;
}

/** The volume that the guest boots from, if it does not boot from a disk of its host. */
export const rootVolumeOf = ({ volumes }: { readonly volumes: readonly ServerVolume[] }): ServerVolume | undefined =>
  volumes.find(({ bootIndex }) => bootIndex === 0);

/** The name of compute as the holder of its attachments, by which the volume service knows whose they are. */
export const heldByCompute = 'compute';

/** Which attachment holds a volume. */
export type VolumeHold = Pick<ServerVolume, 'volumeId' | 'attachmentId'>;

/** The volumes of a server, each held by the attachment that is named for it; the others stay as they are. */
export const heldBy = (volumes: readonly ServerVolume[], holds: readonly VolumeHold[]): ServerVolume[] =>
  volumes.map((one) => ({
    ...one,
    attachmentId: holds.find(({ volumeId }) => volumeId === one.volumeId)?.attachmentId ?? one.attachmentId,
  }));
