import { workflow } from '../../../lib/workflow/workflow.ts';
import { deleteServerRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, heldServer, settle } from '../steps/server-record.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { unplugIfThere } from '../steps/unplug.ts';

/**
 * Deletes a server: its guest, ports and placements, then the record. Nothing is undone; each step finds what is left to do. Earlier work
 * on the server was cancelled and has ended before this begins; this cleans up what it left.
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
    // Ports go after the guest: a running guest must not lose its address to another server.
    .step('ports', {
      do: async ({ guest, serverId }, w) => {
        // A host that just destroyed the guest is up, but only on the first attempt.
        if (guest.host) await unplugIfThere(deps, w, guest.host, serverId, { seenUp: guest.isUp && w.attempt === 1 });
        await deps.networking.release(w.ctx, { serverId, fence: w.fence });
      },
    })
    .step('gone', {
      do: ({ serverId }, w) => {
        // The record keeps its host and node: operators look up where a deleted server was.
        const more = { terminated_at: deps.clock.now(), network_info: '[]' };
        return settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'deleted', more, releasesPlacements: true });
      },
    })
    .onUnwound(({ serverId, failure }, w) =>
      settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'error', more: { fault: faultOf(failure, deps.clock.now()) } }),
    );
