import { change } from '../../db/change.ts';
import { lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import { volumeRestore } from '../../events/volume-backups.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Volume } from '../../objects/volume.ts';
import { InvalidBackup } from '../backup-errors.ts';
import { storeOf } from '../backup-places.ts';
import type { VolumeDeps } from '../deps.ts';
import { InvalidVolume, VolumeNotFound } from '../errors.ts';
import { mayBegin, mayBeginOnBackup, volumeTransition } from '../lifecycle.ts';
import { allowedVolume } from './access.ts';
import { allowedBackup } from './backups.ts';
import { beginRestore } from './begin-restore.ts';
import type { VolumesApi } from './volumes.ts';

/** Where a backup's data goes: into a volume that there is, or into a new one. */
export interface RestoreTarget {
  readonly volumeId: string | null;
  readonly name: string | null;
}

/** Gives volumes the data of backups. */
export class RestoringApi {
  readonly #deps: VolumeDeps;
  readonly #volumes: Pick<VolumesApi, 'create'>;

  constructor(deps: VolumeDeps, volumes: Pick<VolumesApi, 'create'>) {
    this.#deps = deps;
    this.#volumes = volumes;
  }

  /** @returns the volume that gets the data */
  async restore(ctx: Context, backupId: string, { volumeId, name }: RestoreTarget): Promise<Volume> {
    const { db, ids, conductor } = this.#deps;
    const backup = await allowedBackup(this.#deps, ctx, backupId, 'backup:restore');
    mayBeginOnBackup('restore', backup);
    if (volumeId === null)
      return await this.#volumes.create(ctx, { backupId, name: name ?? `restore_backup_${backupId}`, description: null, metadata: {} });
    const target = await allowedVolume(this.#deps, ctx, volumeId, 'volume:get');
    if ((await storeOf(this.#deps, target)) !== backup.storeId)
      throw InvalidBackup({ because: `The host of volume ${volumeId} does not reach the store of backup ${backupId}.` });
    const workflowId = ids.uuid();
    await change(ctx, { db, what: `backup.restore ${backupId}` }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, volumeId);
      if (!volume) throw VolumeNotFound({ id: volumeId });
      mayBegin('restore', volume);
      if (volume.sizeGb < backup.sizeGb)
        throw InvalidVolume({
          because: `volume size ${volume.sizeGb} is too small to restore backup of size ${backup.sizeGb}.`,
        });
      const held = { status: volumeTransition('restore').doing, previous_status: volume.status, workflow_id: workflowId };
      const after = await updateVolume(trx, volumeId, held);
      if (after) tell(volumeRestore.start(after));
      await beginRestore({ conductor }, ctx, { trx, tell }, { workflowId, input: { backupId, volumeId, act: 'restore' } });
    });
    conductor.announce(ctx, workflowId);
    return await allowedVolume(this.#deps, ctx, volumeId, 'volume:get');
  }
}
