/** What a new volume is made of, as a caller names it: looked up, and refused where it cannot be used. */
import type { Context } from '../../lib/context/context.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { VolumeDeps } from '../deps.ts';
import { ImageNotFoundForVolume, InvalidSnapshot, InvalidVolume, VolumeInputInvalid } from '../errors.ts';
import { imageMetadataOf } from '../image-metadata.ts';
import type { VolumeOrigin } from '../workflows/refs.ts';
import { checkStore } from '../backup-places.ts';
import { mayBeginOnBackup } from '../lifecycle.ts';
import { allowedSnapshot, allowedVolume } from './access.ts';
import { allowedBackup } from './backups.ts';
import { findVolume } from '../../db/stores/volume/volumes.ts';

/** The source as the caller names it: at most one. */
export interface NamedSource {
  readonly snapshotId?: string | undefined;
  readonly sourceVolumeId?: string | undefined;
  readonly imageId?: string | undefined;
  readonly backupId?: string | undefined;
}

/** A source that can be used, with what the new volume takes over from it. */
export interface FoundSource {
  readonly origin: VolumeOrigin;
  readonly smallestGb: number;
  /** The type that the volume gets if none is named. */
  readonly typeId: string | null;
  readonly isBootable: boolean;
  readonly imageMetadata: Readonly<Record<string, string>> | null;
  readonly metadata?: Readonly<Record<string, string>>;
}

const GIB = 1024 ** 3;

export async function findSource(
  deps: VolumeDeps,
  ctx: Context,
  { snapshotId, sourceVolumeId, imageId, backupId }: NamedSource,
): Promise<FoundSource> {
  const named = [snapshotId, sourceVolumeId, imageId, backupId].filter((one) => one !== undefined);
  if (named.length > 1) throw VolumeInputInvalid({ because: 'May specify only one of snapshot, source volume, image or backup.' });
  if (snapshotId !== undefined) return await ofSnapshot(deps, ctx, snapshotId);
  if (sourceVolumeId !== undefined) return await ofVolume(deps, ctx, sourceVolumeId);
  if (imageId !== undefined) return await ofImage(deps, ctx, imageId);
  if (backupId !== undefined) return await ofBackup(deps, ctx, backupId);
  return { origin: { kind: 'empty' }, smallestGb: 1, typeId: null, isBootable: false, imageMetadata: null };
}

async function ofSnapshot(deps: VolumeDeps, ctx: Context, id: string): Promise<FoundSource> {
  const snapshot = await allowedSnapshot(deps, ctx, id, 'volume:get_snapshot');
  if (snapshot.status !== 'available')
    throw InvalidSnapshot({ because: `Originating snapshot status must be one of 'available' values, but is ${snapshot.status}.` });
  const volume = await findVolume(deps.db, snapshot.volumeId);
  return {
    origin: { kind: 'snapshot', snapshotId: id },
    smallestGb: snapshot.sizeGb,
    typeId: volume?.typeId ?? null,
    isBootable: volume?.isBootable ?? false,
    imageMetadata: volume?.imageMetadata ?? null,
  };
}

async function ofVolume(deps: VolumeDeps, ctx: Context, id: string): Promise<FoundSource> {
  const volume = await allowedVolume(deps, ctx, id, 'volume:get');
  if (volume.status !== 'available' && volume.status !== 'in-use')
    throw InvalidVolume({ because: `Originating volume status must be one of 'available', 'in-use' values, but is ${volume.status}.` });
  const { typeId, isBootable, imageMetadata, sizeGb } = volume;
  return { origin: { kind: 'volume', volumeId: id }, smallestGb: sizeGb, typeId, isBootable, imageMetadata };
}

async function ofImage(deps: VolumeDeps, ctx: Context, id: string): Promise<FoundSource> {
  deps.policy.check(ctx, 'volume:create_from_image');
  const image = await imageFor(deps, ctx, id);
  return {
    origin: { kind: 'image', image },
    smallestGb: smallestFor(image),
    typeId: null,
    isBootable: true,
    imageMetadata: imageMetadataOf(image),
  };
}

async function ofBackup(deps: VolumeDeps, ctx: Context, id: string): Promise<FoundSource> {
  const backup = await allowedBackup(deps, ctx, id, 'backup:restore');
  mayBeginOnBackup('restore', backup);
  await checkStore(deps, backup.storeId);
  const { isBootable = false, imageMetadata = null, metadata = {} } = backup.volumeFacts;
  const origin = { kind: 'backup' as const, dataId: backup.dataId };
  return { origin, smallestGb: backup.sizeGb, typeId: null, isBootable, imageMetadata, metadata };
}

/** An image whose data can be written to a volume. */
export async function imageFor({ images }: VolumeDeps, ctx: Context, id: string): Promise<ImageMeta> {
  const image = await images.forBoot(ctx, id);
  if (image === 'unknown') throw ImageNotFoundForVolume({ id });
  if (image === 'without data') throw VolumeInputInvalid({ because: `Image ${id} is not active.` });
  return image;
}

/** The smallest volume that the image fits in. */
export const smallestFor = (image: ImageMeta): number =>
  Math.max(1, image.minDiskGb, Math.ceil((image.virtualSizeBytes ?? image.sizeBytes) / GIB));
