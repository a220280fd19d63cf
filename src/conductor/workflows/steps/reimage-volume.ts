/** How the boot volume of a server gets the data of an image, while the server has no guest. */
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { RebuildServer } from '../../../operations/workflows.ts';
import { VolumeNotReimaged } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { waitAWhile } from './wait-a-while.ts';

/** The longest time that it is waited for. */
export const REIMAGE_TIMEOUT_MS = 3_600_000;

/** The first wait, and the longest one, in milliseconds. */
const WAIT_MS = { first: 100, longest: 3_000 };

/** Ends the connection, without which the data stays as it is, and has it replaced. Repeated, it is replaced again by the same. */
export async function reimageVolume(
  { volumes, clock }: Pick<WorkflowDeps, 'volumes' | 'clock'>,
  w: StepContext,
  { volumeId, attachmentId, imageId }: NonNullable<RebuildServer['reimages']>,
): Promise<void> {
  await volumes.disconnect(w.ctx, attachmentId);
  const isUnderWay = async () => (await volumes.statusOf(w.ctx, volumeId)) === 'downloading';
  // An attempt that crashed may have begun it.
  if (!(await isUnderWay())) await volumes.reimage(w.ctx, { volumeId, imageId });
  const endMs = clock.monotonicMs() + REIMAGE_TIMEOUT_MS;
  for (let waitMs = WAIT_MS.first; clock.monotonicMs() < endMs && (await isUnderWay()); waitMs = Math.min(waitMs * 2, WAIT_MS.longest))
    await waitAWhile(w, waitMs);
  const status = await volumes.statusOf(w.ctx, volumeId);
  if (status !== 'reserved') throw VolumeNotReimaged({ volumeId, status: status ?? 'deleted' });
}
