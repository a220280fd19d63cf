import { workflow } from '../../../lib/workflow/workflow.ts';
import { deleteServerRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, heldServer, settle } from '../steps/server-record.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { unplugIfThere } from '../steps/unplug.ts';

/**
 * Deletes a server: its guest, its ports, its placements, then the record. Nothing of it is undone; each step finds what is left of the work.
 * Whatever was being done to the server has given way and is over before this begins; what it left, this finds.
 */
export const deleteServer = (deps: WorkflowDeps) =>
  workflow(deleteServerRef)
    .step('guest', {
      do: async ({ serverId }, w) => {
        const { host } = await heldServer(deps, serverId, w.workflowId);
        const isUp = host !== null && (await destroyGuest(deps, w, host, serverId));
        return { host, isUp };
      },
    })
    // Ports go after the guest: a guest that still runs must not lose its address to somebody else.
    .step('ports', {
      do: async ({ guest, serverId }, w) => {
        // Whoever destroyed the guest a moment ago is there, unless this step has been tried before.
        if (guest.host) await unplugIfThere(deps, w, guest.host, serverId, { seenUp: guest.isUp && w.attempt === 1 });
        await deps.networking.release(w.ctx, { serverId, fence: w.fence });
      },
    })
    .step('gone', {
      do: ({ serverId }, w) => {
        const more = { terminated_at: deps.clock.now(), network_info: '[]', host: null, node: null };
        return settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'deleted', more, releasesPlacements: true });
      },
    })
    .onUnwound(({ serverId, failure }, w) =>
      settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'error', more: { fault: faultOf(failure, deps.clock.now()) } }),
    );
