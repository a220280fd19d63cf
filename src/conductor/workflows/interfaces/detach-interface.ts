import { endBeside } from '../../../db/stores/servers/settling.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { detachInterfaceRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { releasePort } from '../steps/server-ports.ts';
import { unplugIfThere } from '../steps/unplug.ts';
import { undoOnHost } from '../steps/undo-on-host.ts';
import { isUp, workOnHost } from '../steps/work-on-host.ts';

/**
 * Takes a port out of a server's guest and from the server. The guest comes first: a card without its port would be a card that nothing
 * filters. What fails is plugged in again, unless the port is gone by then.
 */
export const detachInterface = (deps: WorkflowDeps) =>
  workflow(detachInterfaceRef)
    .step('guest', {
      do: ({ serverId, host, macAddress }, w) =>
        workOnHost(deps, w, host, (taskId) => deps.compute.detachInterface(w.ctx, { host, taskId, serverId, macAddress })),
      undo: async ({ serverId, host, portId }, w) => {
        // A host that is down must not hold up the server's next work; detaching again finds what is left to do.
        if (!(await isUp(deps, host))) return;
        const vif = (await deps.networking.activate(w.ctx, { serverId, host })).find((one) => one.portId === portId);
        if (vif) await undoOnHost(deps, w, host, (taskId) => deps.compute.attachInterface(w.ctx, { host, taskId, serverId, vif }));
      },
    })
    .step('vif', {
      do: ({ serverId, host, portId }, w) => unplugIfThere(deps, w, host, serverId, { portIds: [portId] }),
      // The step before plugs it again.
      undo: ({ serverId, host }, w) => deps.networking.bind(w.ctx, { serverId, host, fence: w.fence }),
    })
    .step('port', { do: ({ serverId, portId }, w) => releasePort(deps, w, { serverId, portId }) })
    .step('settle', {
      do: ({ serverId }, w) => endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: false }),
    })
    .onUnwound(({ serverId }, w) => endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: true }));
