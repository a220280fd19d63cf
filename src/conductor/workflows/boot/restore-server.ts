import { workflow } from '../../../lib/workflow/workflow.ts';
import { destinationOf, lifecycle } from '../../../operations/lifecycle.ts';
import { restoreServerRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, heldServer, settle, settleBack } from '../steps/server-record.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Restores a deleted server: starts its guest. If that fails it stays deleted, with the time of its delete, and can be restored again
 * until it is reclaimed.
 */
export const restoreServer = (deps: WorkflowDeps) =>
  workflow(restoreServerRef)
    .step('guest', {
      do: async ({ serverId }, w) => {
        const server = await heldServer(deps, serverId, w.workflowId);
        const { host } = server;
        if (host !== null) await workOnHost(deps, w, host, (taskId) => deps.compute.start(w.ctx, { host, taskId, serverId, input: null }));
        return destinationOf(lifecycle.restore, server);
      },
    })
    .step('back', {
      do: ({ serverId, guest }, w) =>
        settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: guest, more: { deleted_at: null } }),
    })
    .onUnwound(({ serverId, failure }, w) =>
      settleBack(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, fault: faultOf(failure, deps.clock.now()) }),
    );
