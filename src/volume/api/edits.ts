import { deleteTransfersOf } from '../../db/stores/volume/transfers.ts';
import { lockType } from '../../db/stores/volume/volume-types.ts';
import { transferDelete } from '../../events/volume-transfers.ts';
import { volumeResetStatus, volumeRetype, volumeUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeStatus } from '../../objects/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import { InvalidVolume, VolumeInputInvalid } from '../errors.ts';
import { checkVolumeQuota } from '../quota.ts';
import { VolumeTypeNotFound } from '../type-errors.ts';
import { allowedVolume } from './access.ts';
import { editVolume } from './edit-volume.ts';
import { withoutKey } from './metadata.ts';
import { allowsMultiattach, checkTypeSize, namedType, refuseEncrypted } from './types-for-volumes.ts';

type Texts = Readonly<Record<string, string>>;

/** States that an administrator sets. */
export interface ResetStates {
  readonly status?: VolumeStatus;
  readonly attachStatus?: 'attached' | 'detached';
  readonly migrationStatus?: string | null;
}

/** Changes of the records of single volumes. */
export class VolumeEditsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  /** Gives the volume another type, where its data can stay. */
  async retype(ctx: Context, id: string, typeName: string): Promise<void> {
    const { quotaLimits } = this.#deps;
    await allowedVolume(this.#deps, ctx, id, 'volume:retype');
    const type = await namedType(this.#deps, ctx, typeName);
    await editVolume(this.#deps, ctx, id, async (trx, volume) => {
      if (volume.status !== 'available' && volume.status !== 'in-use')
        throw InvalidVolume({ because: `Volume status must be available or in-use to retype, but current status is: ${volume.status}.` });
      if (volume.typeId === type.id) throw VolumeInputInvalid({ because: 'New volume_type same as original.' });
      if (volume.status === 'in-use' && allowsMultiattach(type) !== volume.isMultiattach)
        throw VolumeInputInvalid({ because: 'Retype requires that the volume is not in use, since multiattach changes.' });
      checkTypeSize(type, volume.sizeGb);
      const { projectId, sizeGb } = volume;
      // Counted as an addition: the limits of all types together are not exceeded by a volume that stays.
      await checkVolumeQuota(trx, { projectId, typeName: type.name, gigabytes: 0, sizeGb }, quotaLimits);
      // Locked after the quota, as by new volumes: it is not deleted meanwhile, and its encryption does not change.
      if (!(await lockType(trx, type.id))) throw VolumeTypeNotFound({ id: typeName });
      await refuseEncrypted(trx, type);
      return { change: { type_id: type.id, is_multiattach: allowsMultiattach(type) }, tell: volumeRetype };
    });
  }

  async setBootable(ctx: Context, id: string, bootable: boolean): Promise<void> {
    await allowedVolume(this.#deps, ctx, id, 'volume:update');
    await editVolume(this.#deps, ctx, id, async () => ({ change: { is_bootable: bootable }, tell: volumeUpdate }));
  }

  async setReadOnly(ctx: Context, id: string, readOnly: boolean): Promise<void> {
    await allowedVolume(this.#deps, ctx, id, 'volume:update_readonly_flag');
    await editVolume(this.#deps, ctx, id, async (_trx, { status }) => {
      if (status !== 'available')
        throw InvalidVolume({
          because: `Volume ${id} status must be available to update readonly flag, but current status is: ${status}.`,
        });
      return { change: { is_read_only: readOnly }, tell: volumeUpdate };
    });
  }

  /** Sets states, as an administrator says. Work under way goes on, but no longer changes the volume. */
  async resetStatus(ctx: Context, id: string, { status, attachStatus, migrationStatus }: ResetStates): Promise<void> {
    await allowedVolume(this.#deps, ctx, id, 'volume_extension:volume_admin_actions:reset_status');
    await editVolume(this.#deps, ctx, id, async (trx, volume) => {
      if (status === 'in-use' && volume.attachments.length === 0)
        throw InvalidVolume({ because: 'Cannot reset-state to in-use because volume does not have any attachments.' });
      if (attachStatus === 'detached') await trx.deleteFrom('volume_attachments').where('volume_id', '=', id).execute();
      // A volume that is no longer awaiting its transfer is not offered either.
      const withdrawn = status === undefined || status === 'awaiting-transfer' ? [] : await deleteTransfersOf(trx, id);
      return {
        change: {
          ...(status === undefined ? {} : { status, previous_status: null, workflow_id: null, wanted_size_gb: null }),
          ...(migrationStatus === undefined ? {} : { migration_status: migrationStatus }),
        },
        tell: volumeResetStatus,
        also: withdrawn.map(transferDelete),
      };
    });
  }

  /** Replaces the metadata by what is decided under the volume's lock. @returns all of them */
  async changeMetadata(ctx: Context, id: string, decide: (before: Texts) => Texts): Promise<Texts> {
    await allowedVolume(this.#deps, ctx, id, 'volume:update');
    await editVolume(this.#deps, ctx, id, async (_trx, { metadata }) => ({
      change: { metadata: JSON.stringify(decide(metadata)) },
      tell: volumeUpdate,
    }));
    return (await allowedVolume(this.#deps, ctx, id, 'volume:get')).metadata;
  }

  /** Adds to what the volume keeps of its image. @returns all of it */
  async setImageMetadata(ctx: Context, id: string, metadata: Texts): Promise<Texts> {
    await allowedVolume(this.#deps, ctx, id, 'volume_extension:volume_image_metadata:set');
    await editVolume(this.#deps, ctx, id, async (_trx, { imageMetadata }) => ({
      change: { image_metadata: JSON.stringify({ ...imageMetadata, ...metadata }) },
      tell: volumeUpdate,
    }));
    return await this.imageMetadata(ctx, id);
  }

  async unsetImageMetadata(ctx: Context, id: string, key: string): Promise<void> {
    await allowedVolume(this.#deps, ctx, id, 'volume_extension:volume_image_metadata:remove');
    await editVolume(this.#deps, ctx, id, async (_trx, { imageMetadata }) => ({
      change: { image_metadata: JSON.stringify(withoutKey(imageMetadata ?? {}, id, key)) },
      tell: volumeUpdate,
    }));
  }

  async imageMetadata(ctx: Context, id: string): Promise<Texts> {
    return (await allowedVolume(this.#deps, ctx, id, 'volume_extension:volume_image_metadata:show')).imageMetadata ?? {};
  }
}
