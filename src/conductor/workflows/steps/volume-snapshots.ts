/** The snapshots that an image of a server which boots from a volume lists. */
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { SnapshotServer } from '../../../operations/workflows.ts';
import { SnapshotNotTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { waitAWhile } from './wait-a-while.ts';

type Deps = Pick<WorkflowDeps, 'volumes' | 'clock' | 'images'>;
type Listing = Pick<SnapshotServer, 'image'> & { readonly snapshots: NonNullable<SnapshotServer['snapshots']> };

/** The longest time that a snapshot is waited for. */
export const SNAPSHOTS_TIMEOUT_MS = 3_600_000;

/** The first wait, and the longest one, in milliseconds. */
const WAIT_MS = { first: 100, longest: 3_000 };

/** Takes all of them, and completes the image, which has no data. */
export async function takeSnapshots(deps: Deps, w: StepContext, { image, snapshots }: Listing): Promise<void> {
  // All are begun before the first is waited for: they should be of one moment.
  for (const snapshot of snapshots) await deps.volumes.snapshots.take(w.ctx, { ...snapshot, name: `snapshot for ${image.name}` });
  for (const { snapshotId } of snapshots) await untilTaken(deps, w, snapshotId);
  await deps.images.completeEmpty(w.ctx, image.id);
}

async function untilTaken({ volumes, clock }: Deps, w: StepContext, snapshotId: string): Promise<void> {
  const endMs = clock.monotonicMs() + SNAPSHOTS_TIMEOUT_MS;
  for (let waitMs = WAIT_MS.first; ; waitMs = Math.min(waitMs * 2, WAIT_MS.longest)) {
    const status = await volumes.snapshots.statusOf(w.ctx, snapshotId);
    if (status === 'available') return;
    if (status !== 'creating' || clock.monotonicMs() >= endMs) throw SnapshotNotTaken({ snapshotId, status: status ?? 'deleted' });
    await waitAWhile(w, waitMs);
  }
}

/** Deletes those that were begun. */
export async function discardSnapshots({ volumes }: Deps, w: StepContext, snapshots: SnapshotServer['snapshots'] = []): Promise<void> {
  for (const { snapshotId } of snapshots) await volumes.snapshots.discard(w.ctx, snapshotId);
}
