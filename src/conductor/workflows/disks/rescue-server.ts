import { workflow } from '../../../lib/workflow/workflow.ts';
import { rescueDeviceOf } from '../../../objects/rescue-device.ts';
import { rootVolumeOf } from '../../../objects/server-volume.ts';
import { rescueServerRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { guestSpecOf } from '../steps/guest-spec.ts';
import { faultOf, heldServer, isHeld, settle } from '../steps/server-record.ts';
import { undoOnHost } from '../steps/undo-on-host.ts';
import { volumesForGuest } from '../steps/volumes-of-guest.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Rescues a server: its guest boots from another image, with its own disks beside it. A failure is taken back on the host, but ends in
 * error: the guest was stopped, and its owner must look at it.
 */
export const rescueServer = (deps: WorkflowDeps) =>
  workflow(rescueServerRef)
    .step('vifs', {
      do: async ({ serverId, host }, w) => {
        await heldServer(deps, serverId, w.workflowId);
        return await deps.networking.activate(w.ctx, { host, serverId });
      },
    })
    .step('guest', {
      do: async ({ serverId, host, image, vifs }, w) => {
        const server = await heldServer(deps, serverId, w.workflowId);
        const asked = rescueDeviceOf(image.properties);
        const device = asked === 'unsupported' ? null : asked;
        // Only one that boots from a volume has them while it is rescued.
        const volumes = rootVolumeOf(server) ? await volumesForGuest(deps, w.ctx, server, host) : {};
        await workOnHost(deps, w, host, async (taskId) => {
          const guest = { ...(await guestSpecOf(deps, w.ctx, server, { host, vifs, image })), ...volumes };
          // If the host were asked too late, it would rescue the guest after it was told to end the rescue.
          w.signal.throwIfAborted();
          return await deps.compute.rescue(w.ctx, { host, taskId, guest, device });
        });
      },
      undo: async ({ serverId, host }, w) => {
        if (!(await isHeld(deps, serverId, w.workflowId))) return;
        const { vmState } = await heldServer(deps, serverId, w.workflowId);
        const input = { boots: vmState === 'active' };
        await undoOnHost(deps, w, host, (taskId) => deps.compute.unrescue(w.ctx, { host, taskId, serverId, input }));
      },
    })
    .step('rescued', {
      do: ({ serverId }, w) => {
        const more = { launched_at: deps.clock.now() };
        return settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'rescued', more });
      },
    })
    .onUnwound(({ serverId, failure }, w) =>
      settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'error', more: { fault: faultOf(failure, deps.clock.now()) } }),
    );
