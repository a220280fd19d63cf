import { change } from '../../db/change.ts';
import { deleteSnapshotRow, snapshotsOf, updateSnapshot } from '../../db/stores/volume/snapshots.ts';
import { deleteVolumeRow, lockVolume } from '../../db/stores/volume/volumes.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { Event } from '../../events/event-type.ts';
import { snapshotDelete, volumeDelete } from '../../events/volume.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { backendOf } from '../../objects/volume.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { deleteVolumeRef } from './refs.ts';
import { failVolume, heldVolume } from './volume-record.ts';

/**
 * Deletes a volume with its snapshots, if it still has any: the data first, because rows without data are visible and can be deleted again,
 * and data without rows would never be found.
 */
export const deleteVolume = (deps: VolumeWorkflowDeps) =>
  workflow(deleteVolumeRef)
    .step('data', {
      do: async ({ volumeId }, w) => {
        const volume = await heldVolume(deps, volumeId, w);
        // Without a host it never had data.
        if (volume.host === null) return;
        const host = backendOf(volume.host);
        const snapshotIds = (await snapshotsOf(deps.db, volumeId)).map(({ id }) => id);
        await deps.onHost(w, host, (taskId) => deps.volume.deleteVolume(w.ctx, { host, taskId, volumeId, snapshotIds }));
      },
    })
    .step('gone', {
      do: async ({ volumeId }, w) => {
        await change(w.ctx, { db: deps.db, what: `volume.delete ${w.workflowId}` }, async ({ trx, tell }) => {
          const volume = await lockVolume(trx, volumeId);
          if (volume?.workflowId !== w.workflowId) return;
          for (const snapshot of await snapshotsOf(trx, volumeId)) {
            await deleteSnapshotRow(trx, snapshot.id);
            tell(snapshotDelete.end(snapshot));
          }
          await deleteVolumeRow(trx, volumeId);
          tell(volumeDelete.end(volume));
        });
      },
    })
    .onUnwound(({ volumeId }, w) =>
      failVolume(deps, w, {
        volumeId,
        act: 'delete',
        tell: volumeDelete.error,
        alsoFail: (trx, tell) => failSnapshots(trx, volumeId, tell),
        eventId: 'VOLUME_VOLUME_009_010',
        text: 'delete volume:The driver failed to delete the volume.',
      }),
    );

/** Nobody knows which of the snapshots still have data. */
async function failSnapshots(trx: InCloud, volumeId: string, tell: (event: Event) => void): Promise<void> {
  for (const { id } of await snapshotsOf(trx, volumeId)) {
    const failed = await updateSnapshot(trx, id, { status: 'error_deleting' });
    if (failed) tell(snapshotDelete.error(failed));
  }
}
