import { findBackup } from '../../db/stores/volume/backups.ts';
import { backupRestore, volumeRestore } from '../../events/volume-backups.ts';
import { volumeCreate } from '../../events/volume.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import type { VolumeBackup } from '../../objects/volume-backup.ts';
import { heldBackup, settleBackup } from './backup-record.ts';
import { removeMade } from './create-volume.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { type RestoreBackup, restoreBackupRef } from './refs.ts';
import { takePool } from './take-pool.ts';
import { failVolume, heldVolume, hostOf, settleVolume } from './volume-record.ts';

/** Gives a volume the data of a backup, and makes the volume if it is new. The host puts the data in place at once, when it has all of it. */
export const restoreBackup = (deps: VolumeWorkflowDeps) =>
  workflow(restoreBackupRef)
    .step('pool', {
      do: async ({ volumeId, backupId }, w) =>
        await takePool(deps, w, { volumeId, backupStore: (await heldBackup(deps, backupId, w)).storeId }),
    })
    .step('data', {
      do: async ({ volumeId, backupId, act }, w) => {
        const { dataId } = await heldBackup(deps, backupId, w);
        const held = await heldVolume(deps, volumeId, w);
        const host = hostOf(held);
        const volume = { volumeId, sizeGb: held.sizeGb, source: { kind: 'backup' as const, dataId } };
        await deps.onHost(w, host, (taskId) =>
          deps.volume[act === 'create' ? 'createVolume' : 'rewriteVolume'](w.ctx, { host, taskId, volume }),
        );
      },
      undo: async ({ volumeId, pool, act }, w) => {
        if (act === 'create') await removeMade(deps, w, { volumeId, pool: pool.name });
      },
    })
    .step('settle', {
      do: async ({ volumeId, backupId, act }, w) => {
        // A new volume has what it takes over from its start.
        const backup = act === 'create' ? undefined : await findBackup(deps.db, backupId);
        const tell = eventsOf(act).end;
        await settleVolume(deps, w, { volumeId, act, tell, ...(backup ? { more: takenOver(backup) } : {}) });
      },
    })
    .step('release', { do: ({ backupId }, w) => settleBackup(deps, w, { backupId, act: 'restore', tell: backupRestore.end }) })
    .onUnwound(async ({ volumeId, backupId, act }, w) => {
      const message = { eventId: 'VOLUME_VOLUME_BACKUP_015_001', text: 'restore backup:An unknown error occurred.' };
      await failVolume(deps, w, { volumeId, act, tell: eventsOf(act).error, ...message });
      await settleBackup(deps, w, { backupId, act: 'restore', isFailed: true, tell: backupRestore.error });
    });

const eventsOf = (act: RestoreBackup['act']) => (act === 'create' ? volumeCreate : volumeRestore);

/** What the volume then is, as the one that was backed up was. */
const takenOver = ({ volumeFacts: { isBootable, metadata, imageMetadata } }: VolumeBackup) => ({
  ...(isBootable === undefined ? {} : { is_bootable: isBootable }),
  ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
  ...(imageMetadata === undefined ? {} : { image_metadata: JSON.stringify(imageMetadata) }),
});
