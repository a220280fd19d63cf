/** How workflows read and settle the snapshots that they hold. */
import { change } from '../../db/change.ts';
import { deleteSnapshotRow, findSnapshot, lockSnapshot, type SnapshotChange, updateSnapshot } from '../../db/stores/volume/snapshots.ts';
import { findVolume } from '../../db/stores/volume/volumes.ts';
import type { Event } from '../../events/event-type.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import type { VolumeSnapshot } from '../../objects/volume.ts';
import { SnapshotNotFound } from '../errors.ts';
import { type SnapshotAct, snapshotTransition } from '../lifecycle.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { hostOf } from './volume-record.ts';

/** The address of the host that has the data of the snapshot that the workflow holds; throws once another workflow does. */
export async function hostOfSnapshot({ db }: Pick<VolumeWorkflowDeps, 'db'>, id: string, { workflowId }: StepContext): Promise<string> {
  const snapshot = await findSnapshot(db, id);
  if (snapshot?.workflowId !== workflowId) throw SnapshotNotFound({ id });
  const volume = await findVolume(db, snapshot.volumeId);
  invariant(volume, 'a snapshot has a volume');
  return hostOf(volume);
}

interface SettledSnapshot {
  readonly snapshotId: string;
  readonly act: SnapshotAct;
  readonly isFailed?: boolean;
  readonly more?: SnapshotChange;
  readonly tell: (snapshot: VolumeSnapshot) => Event;
}

/** Gives the snapshot the state that follows the act, and releases it; deletes it where nothing follows. */
export async function settleSnapshot(
  { db }: VolumeWorkflowDeps,
  w: StepContext,
  { snapshotId, act, isFailed = false, more, tell }: SettledSnapshot,
): Promise<void> {
  const { to, onFailure } = snapshotTransition(act);
  await change(w.ctx, { db, what: `snapshot.settle ${w.workflowId}` }, async ({ trx, tell: note }) => {
    const snapshot = await lockSnapshot(trx, snapshotId);
    if (snapshot?.workflowId !== w.workflowId) return;
    const next = isFailed ? onFailure : to;
    if (next === undefined || next === 'before') {
      await deleteSnapshotRow(trx, snapshotId);
      note(tell(snapshot));
      return;
    }
    const settled = await updateSnapshot(trx, snapshotId, { ...more, status: next, workflow_id: null });
    if (settled) note(tell(settled));
  });
}
