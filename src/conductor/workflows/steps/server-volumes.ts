/** The steps that workflows of volumes share. */
import { dropVolume } from '../../../db/stores/servers/volumes.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { endBeside } from '../../../db/stores/servers/settling.ts';
import type { MendVolume, VolumeWork } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { ignoringNoGuest, undoOnHost } from './undo-on-host.ts';
import { isUp, workOnHost } from './work-on-host.ts';
import type { HostName } from '../../../objects/ids.ts';
import { VolumeTaken } from '../../errors.ts';

/** Work on a volume of a server that is on a host. */
type PlacedVolumeWork = VolumeWork & { readonly host: HostName };

/** Connects the volume to the server's host and plugs it into the guest. */
export async function plugVolume(
  deps: WorkflowDeps,
  w: StepContext,
  { serverId, host, volume: { volumeId, attachmentId, device } }: PlacedVolumeWork,
) {
  // Asked for within the step: how the volume is reached is a secret, which no log keeps.
  const volume = await deps.volumes.connect(w.ctx, { attachmentId, volumeId, host, device });
  if (!volume) throw VolumeTaken({ volumeId });
  await workOnHost(deps, w, host, (taskId) => deps.compute.attachVolume(w.ctx, { host, taskId, serverId, volume }));
}

/** Takes the volume out of the guest again, if its host is up; else the host finds it gone when it is back. */
export const unplugVolume = (deps: WorkflowDeps, w: StepContext, { serverId, host, volumeId }: MendVolume) =>
  undoOnHost(deps, w, host, (taskId) => deps.compute.detachVolume(w.ctx, { host, taskId, serverId, volumeId }));

/** Plugs in again what could not be detached, unless the volume has been given back by then. */
export async function plugVolumeAgain(deps: WorkflowDeps, w: StepContext, work: PlacedVolumeWork) {
  const { attachmentId } = work.volume;
  // A host that is down must not hold up the server's next work; detaching again finds what is left to do.
  if (!(await deps.volumes.isHeld(w.ctx, attachmentId)) || !(await isUp(deps, work.host))) return;
  await ignoringNoGuest(plugVolume(deps, w, work));
  await deps.volumes.complete(w.ctx, attachmentId);
}

/** Ends the user's action. What the server no longer has in the volume service leaves its record first. */
export async function endVolumeWork(
  deps: WorkflowDeps,
  w: StepContext,
  { work: { serverId, volume }, failed }: { readonly work: Pick<VolumeWork, 'serverId' | 'volume'>; readonly failed: boolean },
) {
  if (!(await deps.volumes.isHeld(w.ctx, volume.attachmentId))) await dropVolume(deps.db, serverId, volume.attachmentId);
  await endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed });
}
