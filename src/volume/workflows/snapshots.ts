/** The workflows of snapshots. */
import { findSnapshot } from '../../db/stores/volume/snapshots.ts';
import { snapshotCreate, snapshotDelete } from '../../events/volume.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { createSnapshotRef, deleteSnapshotRef, type OfSnapshot } from './refs.ts';
import { hostOfSnapshot, settleSnapshot } from './snapshot-record.ts';
import type { StepContext } from '../../lib/workflow/step.ts';

/** Keeps what a volume has now. */
export const createSnapshot = (deps: VolumeWorkflowDeps) =>
  workflow(createSnapshotRef)
    .step('data', {
      do: async ({ snapshotId, volumeId }, w) => {
        const host = await hostOfSnapshot(deps, snapshotId, w);
        await deps.onHost(w, host, (taskId) => deps.volume.createSnapshot(w.ctx, { host, taskId, snapshotId, volumeId }));
      },
      undo: async (of, w) => {
        const snapshot = await findSnapshot(deps.db, of.snapshotId);
        // A newer workflow of the snapshot removes it; what a host that is down may have goes when the snapshot, then in error, is deleted.
        if (snapshot?.workflowId !== w.workflowId) return;
        const host = await hostOfSnapshot(deps, of.snapshotId, w);
        if (await deps.group.isUp({ binary: 'cinder-volume', host })) await removeData(deps, w, of);
      },
    })
    .step('settle', {
      do: ({ snapshotId }, w) =>
        settleSnapshot(deps, w, { snapshotId, act: 'create', more: { progress: '100%' }, tell: snapshotCreate.end }),
    })
    .onUnwound(({ snapshotId }, w) => settleSnapshot(deps, w, { snapshotId, act: 'create', isFailed: true, tell: snapshotCreate.error }));

/** Deletes a snapshot. Volumes made from it are independent of it. */
export const deleteSnapshot = (deps: VolumeWorkflowDeps) =>
  workflow(deleteSnapshotRef)
    .step('data', { do: (of, w) => removeData(deps, w, of) })
    .step('gone', { do: ({ snapshotId }, w) => settleSnapshot(deps, w, { snapshotId, act: 'delete', tell: snapshotDelete.end }) })
    .onUnwound(({ snapshotId }, w) => settleSnapshot(deps, w, { snapshotId, act: 'delete', isFailed: true, tell: snapshotDelete.error }));

async function removeData(deps: VolumeWorkflowDeps, w: StepContext, { snapshotId, volumeId }: OfSnapshot): Promise<void> {
  const host = await hostOfSnapshot(deps, snapshotId, w);
  await deps.onHost(w, host, (taskId) => deps.volume.deleteSnapshot(w.ctx, { host, taskId, snapshotId, volumeId }));
}
