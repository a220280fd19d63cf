/** The volumes that a new server boots with: made and taken for it, and given back if it is never booted. */
import { dropVolume } from '../../../db/stores/servers/volumes.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { ServerVolume, VolumeToMake } from '../../../objects/server-volume.ts';
import { VolumeNotMade } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { advance, heldServer } from './server-record.ts';
import { waitAWhile } from './wait-a-while.ts';

type Deps = Pick<WorkflowDeps, 'db' | 'volumes' | 'clock' | 'options'>;

interface NewServer {
  readonly serverId: ServerId;
  readonly volumesToMake?: readonly VolumeToMake[];
}

/** The longest time in which a boot makes its volumes, and asks its host for the guest. */
export const BOOT_STEP_TIMEOUT_MS = 3_600_000;

/** Makes those volumes that are not there yet, and takes all that the server's record lists; a no-op where that is done. */
export async function takeBootVolumes(deps: Deps, { serverId, volumesToMake = [] }: NewServer, w: StepContext): Promise<void> {
  const { volumes } = await heldServer(deps, serverId, w.workflowId);
  if (volumes.length === 0) return;
  await advance(deps, serverId, w.workflowId, { task_state: 'block_device_mapping' });
  const isNew = ({ volumeId }: ServerVolume) => volumesToMake.some((one) => one.volumeId === volumeId);
  // Those that are there first, so that nobody takes them or gives them away while the others are made.
  for (const { attachmentId, volumeId } of volumes.filter((one) => !isNew(one))) {
    // Since the request it may have become another project's.
    await deps.volumes.check(w.ctx, { volumeId, serverId });
    await deps.volumes.reserve(w.ctx, { attachmentId, volumeId, serverId });
  }
  // All at once: their data is copied side by side.
  for (const volume of volumesToMake) await deps.volumes.make(w.ctx, volume);
  for (const { volumeId } of volumesToMake) await untilMade(deps, w, volumeId);
  for (const { attachmentId, volumeId } of volumes.filter(isNew)) await deps.volumes.reserve(w.ctx, { attachmentId, volumeId, serverId });
  await advance(deps, serverId, w.workflowId, { task_state: 'spawning' });
}

/** The first wait for a volume, in milliseconds; most are made in a moment. */
const SHORTEST_WAIT_MS = 100;

async function untilMade({ volumes, clock, options }: Deps, w: StepContext, volumeId: string): Promise<void> {
  const { retries, intervalMs } = options.volumeWait;
  const endMs = clock.monotonicMs() + retries * intervalMs;
  for (let waitMs = SHORTEST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, intervalMs)) {
    const status = await volumes.statusOf(w.ctx, volumeId);
    // A server that was placed anew has it already.
    if (status === 'available' || status === 'reserved' || status === 'in-use') return;
    const isLate = clock.monotonicMs() >= endMs;
    if (isLate || (status !== 'creating' && status !== 'downloading'))
      throw VolumeNotMade({ volumeId, status: status ?? 'deleted', isLate });
    await waitAWhile(w, waitMs);
  }
}

/** Gives back the volumes of a server that will have no guest, and deletes those that go with it. */
export async function giveBackVolumes(
  deps: Pick<WorkflowDeps, 'db' | 'volumes'>,
  { id, projectId, volumes }: Pick<Server, 'id' | 'projectId' | 'volumes'>,
  w: StepContext,
): Promise<void> {
  for (const { volumeId, attachmentId, isDeletedWithServer } of volumes) {
    await deps.volumes.release(w.ctx, attachmentId);
    if (isDeletedWithServer) await deps.volumes.discard(w.ctx, { volumeId, projectId });
    await dropVolume(deps.db, id, attachmentId);
  }
}
