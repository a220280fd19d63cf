import { workflow } from '../../../lib/workflow/workflow.ts';
import { softDeleteServerRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, heldServer, settle } from '../steps/server-record.ts';
import { ignoringNoGuest } from '../steps/undo-on-host.ts';
import { workOnHostIfUp } from '../steps/work-on-host.ts';

/**
 * Deletes a server so that it can be restored: its guest is stopped, and it keeps its host, ports and disk until it is reclaimed. Earlier
 * work on the server was cancelled and has ended before this begins.
 */
export const softDeleteServer = (deps: WorkflowDeps) =>
  workflow(softDeleteServerRef)
    .step('guest', {
      do: async ({ serverId }, w) => {
        const { host } = await heldServer(deps, serverId, w.workflowId);
        if (host === null) return;
        // Work that this one cut short, such as a rebuild, may have left the server without a guest.
        await ignoringNoGuest(workOnHostIfUp(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null })));
      },
    })
    .step('hidden', {
      do: ({ serverId }, w) => {
        const more = { deleted_at: deps.clock.now() };
        return settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'soft-delete', more });
      },
    })
    .onUnwound(({ serverId, failure }, w) =>
      settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'error', more: { fault: faultOf(failure, deps.clock.now()) } }),
    );
