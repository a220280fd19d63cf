import { findType } from '../../db/stores/volume/volume-types.ts';
import { snapshotsOf } from '../../db/stores/volume/snapshots.ts';
import { volumeExtend, volumeRevert, volumeUpload } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import { asId, type ImageId } from '../../objects/ids.ts';
import type { NewServerImage, SnapshotFormat } from '../../objects/server-image.ts';
import type { Volume } from '../../objects/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import { InvalidSnapshot, InvalidVolume, SnapshotNotFound, VolumeConflict, VolumeInputInvalid } from '../errors.ts';
import { checkVolumeQuota } from '../quota.ts';
import { extendVolumeRef, rewriteVolumeRef, uploadVolumeRef } from '../workflows/refs.ts';
import { allowedSnapshot, allowedVolume } from './access.ts';
import { imageFor, smallestFor } from './sources.ts';
import { checkTypeSize } from './types-for-volumes.ts';
import { beginVolumeWork } from './begin-work.ts';

/** How a volume is copied into an image. */
export interface Upload {
  readonly name: string;
  readonly diskFormat: SnapshotFormat;
  readonly force: boolean;
  readonly visibility: 'private' | 'shared' | 'public';
}

/** Work with the data of single volumes. */
export class VolumeActionsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async extend(ctx: Context, id: string, sizeGb: number, { whileAttached = false } = {}): Promise<void> {
    const { db, quotaLimits } = this.#deps;
    const { status, typeId } = await allowedVolume(this.#deps, ctx, id, 'volume:extend');
    if (whileAttached && status === 'in-use') await allowedVolume(this.#deps, ctx, id, 'volume:extend_attached_volume');
    const type = typeId === null ? undefined : await findType(db, typeId);
    if (type) checkTypeSize(type, sizeGb);
    await beginVolumeWork(this.#deps, ctx, id, {
      act: whileAttached ? 'extendAttached' : 'extend',
      ref: extendVolumeRef,
      input: { volumeId: id, sizeGb },
      more: { wanted_size_gb: sizeGb },
      tell: volumeExtend.start,
      check: async (trx, volume) => {
        const added = sizeGb - volume.sizeGb;
        if (added <= 0)
          throw VolumeInputInvalid({
            because: `New size for extend must be greater than current size. (current: ${volume.sizeGb}, extended: ${sizeGb}).`,
          });
        await checkVolumeQuota(trx, { projectId: volume.projectId, typeName: volume.typeName, gigabytes: added, sizeGb }, quotaLimits);
      },
    });
  }

  /** Gives the volume the data of its latest snapshot. */
  async revert(ctx: Context, id: string, snapshotId: string): Promise<void> {
    await allowedVolume(this.#deps, ctx, id, 'volume:revert_to_snapshot');
    const snapshot = await allowedSnapshot(this.#deps, ctx, snapshotId, 'volume:get_snapshot');
    if (snapshot.volumeId !== id) throw SnapshotNotFound({ id: snapshotId });
    await beginVolumeWork(this.#deps, ctx, id, {
      act: 'revert',
      ref: rewriteVolumeRef,
      input: { volumeId: id, act: 'revert', origin: { kind: 'snapshot', snapshotId } },
      tell: volumeRevert.start,
      check: async (trx, volume) => {
        const latest = (await snapshotsOf(trx, id)).at(-1);
        if (latest?.id !== snapshotId) throw InvalidSnapshot({ because: `Snapshot ${snapshotId} is not the latest one of volume ${id}.` });
        if (latest.status !== 'available') throw VolumeConflict({ because: `Snapshot ${snapshotId} is not available.` });
        if (latest.sizeGb !== volume.sizeGb)
          throw InvalidVolume({ because: `Volume ${id} was extended since snapshot ${snapshotId} was taken.` });
      },
    });
  }

  /** Writes an image over the volume's data. */
  async reimage(ctx: Context, id: string, imageId: string, { reserved = false } = {}): Promise<void> {
    const { sizeGb } = await allowedVolume(this.#deps, ctx, id, reserved ? 'volume:reimage_reserved' : 'volume:reimage');
    const image = await imageFor(this.#deps, ctx, imageId);
    if (smallestFor(image) > sizeGb)
      throw VolumeInputInvalid({ because: `Size of specified image ${smallestFor(image)}GB is larger than volume size ${sizeGb}GB.` });
    const act = reserved ? 'reimageReserved' : 'reimage';
    await beginVolumeWork(this.#deps, ctx, id, {
      act,
      ref: rewriteVolumeRef,
      input: { volumeId: id, act, origin: { kind: 'image', image } },
      tell: volumeRevert.start,
    });
  }

  /** Copies the volume into a new image. */
  async upload(
    ctx: Context,
    id: string,
    { name, diskFormat, force, visibility }: Upload,
  ): Promise<{ readonly imageId: ImageId; readonly volume: Volume }> {
    const { ids, images, policy } = this.#deps;
    const volume = await allowedVolume(this.#deps, ctx, id, 'volume_extension:volume_actions:upload_image');
    if (visibility === 'public') policy.check(ctx, 'volume_extension:volume_actions:upload_public', { project_id: volume.projectId });
    const image: NewServerImage = {
      id: asId<ImageId>(ids.uuid()),
      name,
      owner: ctx.projectId ?? volume.projectId,
      visibility: visibility === 'public' ? 'private' : visibility,
      diskFormat,
      minDiskGb: volume.sizeGb,
      minRamMb: 0,
      properties: {},
    };
    images.checkNew(ctx, image);
    await beginVolumeWork(this.#deps, ctx, id, {
      act: force ? 'uploadByForce' : 'upload',
      ref: uploadVolumeRef,
      input: { volumeId: id, image },
      tell: volumeUpload.start,
    });
    // Once the work is stored, so that no image is left without it; the workflow creates it too, if this process dies in between.
    await images.create(ctx, image);
    return { imageId: image.id, volume: await allowedVolume(this.#deps, ctx, id, 'volume:get') };
  }
}
