import type { StepContext } from '../../../lib/workflow/step.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { offloadServerRef } from '../../../operations/workflows.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { WorkflowDeps } from '../deps.ts';
import { heldServer, isHeld, settle } from '../steps/server-record.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { disconnectVolumes } from '../steps/volumes-of-guest.ts';
import { unplugIfThere } from '../steps/unplug.ts';

/**
 * Takes a shelved server off its host: the guest is destroyed, its ports are unplugged, its volumes are disconnected, its placement is
 * released. Its image has all of its disk, so nothing is undone: if a step fails for good, the server leaves the host all the same, and the
 * host removes a guest that is left there.
 */
export const offloadServer = (deps: WorkflowDeps) =>
  workflow(offloadServerRef)
    .step('guest', { do: async ({ serverId, host }, w) => ({ isUp: await destroyGuest(deps, w, host, serverId) }) })
    .step('ports', {
      do: ({ serverId, host, guest }, w) => unplugIfThere(deps, w, host, serverId, { seenUp: guest.isUp && w.attempt === 1 }),
    })
    // The guest has written all that it will.
    .step('volumes', { do: ({ serverId }, w) => keepVolumes(deps, serverId, w) })
    .step('offloaded', { do: ({ serverId }, w) => leaveHost(deps, serverId, w) })
    .onUnwound(async ({ serverId, host }, w) => {
      if (!(await isHeld(deps, serverId, w.workflowId))) return;
      await unplugIfThere(deps, w, host, serverId);
      await keepVolumes(deps, serverId, w);
      await leaveHost(deps, serverId, w);
    });

/** The volumes stay the server's, but no host has them any more. */
const keepVolumes = async (deps: WorkflowDeps, serverId: ServerId, w: StepContext): Promise<void> =>
  disconnectVolumes(deps, w.ctx, await heldServer(deps, serverId, w.workflowId));

const leaveHost = (deps: WorkflowDeps, serverId: ServerId, w: StepContext): Promise<void> =>
  settle(deps.db, {
    serverId,
    workflowId: w.workflowId,
    ctx: w.ctx,
    to: 'shelved_offloaded',
    more: { host: null, node: null, zone: null },
    releasesPlacements: true,
  });
