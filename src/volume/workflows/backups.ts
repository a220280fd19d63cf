/** The workflows of backups: made, imported and deleted. */
import { findBackup } from '../../db/stores/volume/backups.ts';
import { findVolume } from '../../db/stores/volume/volumes.ts';
import { backupCreate, backupDelete, backupImport, volumeBackUp } from '../../events/volume-backups.ts';
import { snapshotUpdate } from '../../events/volume.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { findHostOfStore, heldBackup, hostOfStore, reasonOf, settleBackup } from './backup-record.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { type CreateBackup, createBackupRef, deleteBackupRef, importBackupRef } from './refs.ts';
import { settleSnapshot } from './snapshot-record.ts';
import { failVolume, hostOf, settleVolume } from './volume-record.ts';

const GIB = 1024 ** 3;

/** Copies a volume or a snapshot into the store of the volume's host. What it is made of is given back first: it is not needed any more. */
export const createBackup = (deps: VolumeWorkflowDeps) =>
  workflow(createBackupRef)
    .step('data', {
      do: async ({ backupId, volumeId, source }, w) => {
        const { dataId } = await heldBackup(deps, backupId, w);
        const volume = await findVolume(deps.db, volumeId);
        invariant(volume, 'a volume that is backed up is there');
        const host = hostOf(volume);
        return await deps.onHost(w, host, (taskId) => deps.volume.createBackup(w.ctx, { host, taskId, volumeId, dataId, source }));
      },
      undo: async ({ backupId, volumeId }, w) => {
        const backup = await findBackup(deps.db, backupId);
        // A newer workflow of the backup removes it.
        if (backup?.workflowId !== w.workflowId) return;
        const host = await findHostOfStore(deps, backup.storeId);
        // The record, which ends in error, names the data: what there is goes when the backup is deleted.
        if (host === undefined) return;
        await deps.onHost(w, host, (taskId) => deps.volume.deleteBackup(w.ctx, { host, taskId, volumeId, dataId: backup.dataId }));
      },
    })
    .step('release', { do: (input, w) => release(deps, w, input) })
    .step('settle', {
      do: ({ backupId, data }, w) =>
        settleBackup(deps, w, { backupId, act: 'create', more: { object_count: data.objectCount }, tell: backupCreate.end }),
    })
    .onUnwound(async (input, w) => {
      await release(deps, w, input, { isFailed: true });
      const more = { fail_reason: reasonOf(input.failure) };
      await settleBackup(deps, w, { backupId: input.backupId, act: 'create', isFailed: true, more, tell: backupCreate.error });
    });

/** Gives back what the backup is made of, and tells its owner if the backup failed. */
async function release(
  deps: VolumeWorkflowDeps,
  w: StepContext,
  { volumeId, source }: CreateBackup,
  { isFailed = false } = {},
): Promise<void> {
  if (source.kind === 'snapshot') return await settleSnapshot(deps, w, { snapshotId: source.id, act: 'backUp', tell: snapshotUpdate });
  const released = { volumeId, act: 'backUp' as const };
  if (!isFailed) return await settleVolume(deps, w, { ...released, tell: volumeBackUp.end });
  const message = { eventId: 'VOLUME_VOLUME_BACKUP_013_001', text: 'create backup:An unknown error occurred.' };
  await failVolume(deps, w, { ...released, tell: volumeBackUp.error, ...message });
}

/** Looks for the data that a record names. */
export const importBackup = (deps: VolumeWorkflowDeps) =>
  workflow(importBackupRef)
    .step('data', {
      do: async ({ backupId }, w) => {
        const { storeId, dataId, volumeId } = await heldBackup(deps, backupId, w);
        const host = await hostOfStore(deps, storeId);
        return await deps.onHost(w, host, (taskId) => deps.volume.findBackup(w.ctx, { host, taskId, volumeId, dataId }));
      },
    })
    .step('settle', {
      do: ({ backupId, data }, w) =>
        settleBackup(deps, w, {
          backupId,
          act: 'import',
          more: { object_count: data.objectCount, size_gb: Math.max(1, Math.ceil(data.sizeBytes / GIB)) },
          tell: backupImport.end,
        }),
    })
    .onUnwound(({ backupId, failure }, w) =>
      settleBackup(deps, w, {
        backupId,
        act: 'import',
        isFailed: true,
        more: { fail_reason: reasonOf(failure) },
        tell: backupImport.error,
      }),
    );

/** Deletes a backup: the data first, because a record without data can be deleted again. */
export const deleteBackup = (deps: VolumeWorkflowDeps) =>
  workflow(deleteBackupRef)
    .step('data', {
      do: async ({ backupId, keepsData }, w) => {
        const { storeId, dataId, volumeId } = await heldBackup(deps, backupId, w);
        if (keepsData) return;
        const host = await hostOfStore(deps, storeId);
        await deps.onHost(w, host, (taskId) => deps.volume.deleteBackup(w.ctx, { host, taskId, volumeId, dataId }));
      },
    })
    .step('gone', { do: ({ backupId }, w) => settleBackup(deps, w, { backupId, act: 'delete', tell: backupDelete.end }) })
    .onUnwound(({ backupId, failure }, w) =>
      settleBackup(deps, w, {
        backupId,
        act: 'delete',
        isFailed: true,
        more: { fail_reason: reasonOf(failure) },
        tell: backupDelete.error,
      }),
    );
