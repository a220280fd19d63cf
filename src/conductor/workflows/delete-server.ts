import { releaseClaim } from '../../db/stores/claims.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { deleteServerRef } from '../operations.ts';
import { asId, type TaskId } from '../../objects/ids.ts';
import type { WorkflowDeps } from './deps.ts';
import { faultOf, heldServer, inTransaction, settle } from './server-record.ts';
import { unplugIfThere } from './unplug.ts';
import { workOnHostIfUp } from './work-on-host.ts';

/**
 * Deletes a server: its guest, its ports, its claim, then the record. Nothing of it is undone; each step finds what is left of the work.
 * Whatever was being done to the server has given way and is over before this begins; what it left, this finds.
 */
export const deleteServer = (deps: WorkflowDeps) =>
  workflow(deleteServerRef)
    .step('guest', {
      do: async ({ serverId }, w) => {
        const { host } = await heldServer(deps, serverId, w.workflowId);
        if (host) await workOnHostIfUp(deps, w, host, (taskId) => deps.compute.destroy(w.ctx, { host, taskId, serverId }));
        return { host };
      },
    })
    // Ports go after the guest: a guest that still runs must not lose its address to somebody else.
    .step('ports', {
      do: async ({ guest, serverId }, w) => {
        if (guest.host) await unplugIfThere(deps, w, guest.host, serverId);
        await deps.network.releasePorts(w.ctx, { serverId, taskId: asId<TaskId>(w.taskId) });
      },
    })
    .step('gone', {
      do: ({ serverId }, w) =>
        inTransaction(deps, async (trx) => {
          const terminated = { terminated_at: deps.clock.now(), network_info: '[]', host: null, node: null };
          await settle(trx, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'deleted', more: terminated });
          // After the server, whose row everybody locks before its host's.
          await releaseClaim(trx, serverId);
        }),
    })
    .onUnwound(({ serverId, failure }, w) =>
      settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'error', more: { fault: faultOf(failure, deps.clock.now()) } }),
    );
