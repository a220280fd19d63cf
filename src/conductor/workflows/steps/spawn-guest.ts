import type { Step, StepContext, Stored } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId, TaskId } from '../../../objects/ids.ts';
import type { ImageMeta } from '../../../objects/image.ts';
import type { Vif } from '../../../objects/network-info.ts';
import { heldBy, type VolumeHold } from '../../../objects/server-volume.ts';
import type { WorkflowDeps } from '../deps.ts';
import { guestSpecOf, type SpecDeps } from './guest-spec.ts';
import { completeVolumes, disconnectVolumes, volumesForGuest } from './volumes-of-guest.ts';
import { heldServer, isHeld } from './server-record.ts';
import { type HostWorkDeps, workOnHost, workOnHostIfUp } from './work-on-host.ts';

/** A server that is placed, with its cards. */
export interface Spawned {
  readonly serverId: ServerId;
  readonly claim: { readonly host: HostName };
  readonly vifs: Stored<Vif[]>;
  /** Made from this image instead of the server's. */
  readonly image?: Stored<ImageMeta> | null;
  /** The attachments of its volumes on the host, if they are not those of its record yet. */
  readonly attachments?: { readonly there: readonly VolumeHold[] };
}

/** Spawns the server's guest on the host, with its vifs. */
export const spawnGuest = (deps: HostWorkDeps & SpecDeps & Pick<WorkflowDeps, 'compute' | 'options' | 'volumes'>): Step<Spawned, void> => ({
  do: async ({ claim, vifs, image, serverId, attachments }, w) => {
    const server = await heldServer(deps, serverId, w.workflowId);
    const held = { volumes: heldBy(server.volumes, attachments?.there ?? []) };
    const volumes = await volumesForGuest(deps, w.ctx, held, claim.host);
    // The image pass is issued anew for each message, so that none is ever stored.
    const spawn = async (taskId: TaskId) => {
      const guest = { ...(await guestSpecOf(deps, w.ctx, server, { host: claim.host, vifs, image })), ...volumes };
      // If the host were asked too late, it would make the guest after it was told to destroy it.
      w.signal.throwIfAborted();
      return await deps.compute.spawn(w.ctx, { host: claim.host, taskId, guest });
    };
    // The scheduler has just seen the host up, but only on the first attempt.
    await workOnHost(deps, w, claim.host, spawn, { seenUp: w.attempt === 1 });
    await completeVolumes(deps, w.ctx, held);
  },
  undo: async ({ claim, serverId, attachments }, w) => {
    if (!(await isHeld(deps, serverId, w.workflowId))) return;
    await destroyGuest(deps, w, claim.host, serverId);
    const { volumes } = await heldServer(deps, serverId, w.workflowId);
    await disconnectVolumes(deps, w.ctx, { volumes: heldBy(volumes, attachments?.there ?? []) });
  },
});

/** Destroys a server's guest on a host; answers false if the host is down, which will clean up when it is back. */
export const destroyGuest = (
  deps: HostWorkDeps & Pick<WorkflowDeps, 'compute'>,
  w: StepContext,
  host: HostName,
  serverId: ServerId,
): Promise<boolean> => workOnHostIfUp(deps, w, host, (taskId) => deps.compute.destroy(w.ctx, { host, taskId, serverId }));
