import { endMigrations } from '../../../db/stores/moves/migrations.ts';
import { hostsOf } from '../../../db/stores/moves/move-placements.ts';
import { advanceServer } from '../../../db/stores/servers/servers.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { deleteServerRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { giveBackVolumes } from '../steps/boot-volumes.ts';
import { leaveOthers } from '../steps/moved-volumes.ts';
import { faultOf, heldServer, inTransaction, settle } from '../steps/server-record.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { unplugIfThere } from '../steps/unplug.ts';

/**
 * Deletes a server: its guest, ports, its hold on volumes, the image of a shelved one and placements, then the record. Nothing is undone;
 * each step finds what is left to do. Earlier work on the server was cancelled and has ended before this begins; this cleans up what it left.
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
    // A move that ended half-way, or waits to be confirmed, has left a guest elsewhere.
    .step('elsewhere', {
      do: async ({ serverId, guest }, w) => {
        const others = (await hostsOf(deps.db, serverId)).filter((host) => host !== guest.host);
        for (const host of others) await destroyGuest(deps, w, host, serverId);
        return others;
      },
    })
    // Ports go after the guest: a running guest must not lose its address to another server.
    .step('ports', {
      do: async ({ guest, elsewhere, serverId }, w) => {
        // A host that just destroyed the guest is up, but only on the first attempt.
        if (guest.host) await unplugIfThere(deps, w, guest.host, serverId, { seenUp: guest.isUp && w.attempt === 1 });
        for (const host of elsewhere) await unplugIfThere(deps, w, host, serverId);
        await deps.networking.release(w.ctx, { serverId, fence: w.fence });
      },
    })
    // The guest has written all that it will.
    .step('volumes', {
      do: async ({ serverId }, w) => {
        const server = await heldServer(deps, serverId, w.workflowId);
        // Those of a move that ended half-way first: a volume goes with its server only if nothing else holds it.
        await leaveOthers(deps, w.ctx, server);
        await giveBackVolumes(deps, server, w);
      },
    })
    .step('shelved-image', {
      do: async ({ serverId }, w) => {
        const { shelved } = await heldServer(deps, serverId, w.workflowId);
        if (shelved?.imageId) await deps.images.discard(w.ctx, shelved.imageId);
      },
    })
    .step('gone', {
      do: ({ serverId, elsewhere }, w) => {
        // The record keeps its host and node: operators look up where a deleted server was.
        const more = { terminated_at: deps.clock.now(), network_info: '[]', shelved: null };
        const gone = { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'deleted', more, releasesPlacements: true } as const;
        if (elsewhere.length === 0) return settle(deps.db, gone);
        return inTransaction(deps, async (trx) => {
          if (await advanceServer(trx, serverId, w.workflowId, {})) await endMigrations(trx, serverId);
          await settle(trx, gone);
        });
      },
    })
    .onUnwound(({ serverId, failure }, w) =>
      settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'error', more: { fault: faultOf(failure, deps.clock.now()) } }),
    );
