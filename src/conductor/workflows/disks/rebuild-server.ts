import type { StepContext } from '../../../lib/workflow/step.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import type { TaskId } from '../../../objects/ids.ts';
import { destinationOf, lifecycle } from '../../../operations/lifecycle.ts';
import { type RebuildServer, rebuildServerRef } from '../../../operations/workflows.ts';
import { requestFor } from '../../../scheduler/request.ts';
import type { WorkflowDeps } from '../deps.ts';
import { guestSpecOf } from '../steps/guest-spec.ts';
import { advance, faultOf, heldServer, settle } from '../steps/server-record.ts';
import { REIMAGE_TIMEOUT_MS, reimageVolume } from '../steps/reimage-volume.ts';
import { targetHosts } from '../steps/target-hosts.ts';
import { completeVolumes, volumesForGuest } from '../steps/volumes-of-guest.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Rebuilds a server's guest from an image on its host: the old guest is destroyed, a new one gets the same id, ports and placement. Whether
 * the host can run the image is checked first, when nothing is lost yet. A later failure cannot be undone, as the old disk is gone: the
 * server ends in error, to be rebuilt again or deleted.
 */
export const rebuildServer = (deps: WorkflowDeps) =>
  workflow(rebuildServerRef)
    .step('check', {
      do: async (rebuild, w) => {
        const server = await heldServer(deps, rebuild.serverId, w.workflowId);
        if (rebuild.isOtherImage) await checkImage(deps, w, rebuild);
        return { endsAs: destinationOf(lifecycle.rebuild, server) };
      },
    })
    .step('destroy', {
      do: ({ serverId, host }, w) => workOnHost(deps, w, host, (taskId) => deps.compute.destroy(w.ctx, { host, taskId, serverId })),
    })
    .step('reimage', { timeoutMs: REIMAGE_TIMEOUT_MS, do: (rebuild, w) => reimage(deps, rebuild, w) })
    .step('vifs', {
      do: async ({ serverId, host }, w) => {
        await heldServer(deps, serverId, w.workflowId);
        return await deps.networking.activate(w.ctx, { host, serverId });
      },
    })
    .step('guest', {
      do: async ({ serverId, host, vifs }, w) => {
        const server = await advance(deps, serverId, w.workflowId, { task_state: 'rebuild_spawning' });
        const volumes = await volumesForGuest(deps, w.ctx, server, host);
        await workOnHost(deps, w, host, async (taskId: TaskId) => {
          const guest = { ...(await guestSpecOf(deps, w.ctx, server, { host, vifs })), ...volumes };
          // If the host were asked too late, it would make the guest after it was told to destroy it.
          w.signal.throwIfAborted();
          return await deps.compute.spawn(w.ctx, { host, taskId, guest });
        });
        await completeVolumes(deps, w.ctx, server);
      },
    })
    .step('stop', {
      do: async ({ serverId, host, check }, w) => {
        if (check.endsAs !== 'stopped') return;
        await workOnHost(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null }));
      },
    })
    .step('settle', {
      do: ({ serverId, check }, w) =>
        settle(deps.db, {
          serverId,
          workflowId: w.workflowId,
          ctx: w.ctx,
          to: check.endsAs,
          more: { launched_at: deps.clock.now(), progress: 0 },
        }),
    })
    .onUnwound(({ serverId, imageBefore, check, failure }, w) => {
      // Before the check has passed nothing was done to the guest: its disk still has the previous image.
      const image = check === undefined ? { image: imageBefore && JSON.stringify(imageBefore) } : {};
      const more = { ...image, fault: faultOf(failure, deps.clock.now()) };
      return settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'error', more });
    });

/** Throws NoValidHost if the server's host cannot run the image. Capacity is not checked: the server has it already. */
async function checkImage(deps: WorkflowDeps, w: StepContext, { serverId, host }: RebuildServer): Promise<void> {
  const server = await heldServer(deps, serverId, w.workflowId);
  await targetHosts(deps, w, { ...requestFor(server, { requestedHost: host }), zone: null, hints: {}, purpose: 'rebuild' });
}

/** Gives the boot volume the data of the image, if it boots from one that is to get it. */
async function reimage(deps: WorkflowDeps, { serverId, reimages }: RebuildServer, w: StepContext): Promise<void> {
  if (!reimages) return;
  await advance(deps, serverId, w.workflowId, { task_state: 'rebuild_block_device_mapping' });
  await reimageVolume(deps, w, reimages);
}
