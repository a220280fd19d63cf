import { saveAddresses } from '../../../db/stores/servers/addresses.ts';
import { findServer } from '../../../db/stores/servers/cached-servers.ts';
import { endBeside } from '../../../db/stores/servers/settling.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import type { PortId, ServerId } from '../../../objects/ids.ts';
import type { RequestedNetwork } from '../../../objects/network-info.ts';
import type { Server } from '../../../objects/server.ts';
import { attachInterfaceRef } from '../../../operations/workflows.ts';
import { PortStillInUse, ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { releasePort } from '../steps/server-ports.ts';
import { unplugIfThere } from '../steps/unplug.ts';
import { undoOnHost } from '../steps/undo-on-host.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Gives a server another port and plugs it into its guest. The server's state stays, and its record is not held: the workflows of a server
 * run one after the other, so nothing else changes its ports meanwhile.
 */
export const attachInterface = (deps: WorkflowDeps) =>
  workflow(attachInterfaceRef)
    // Of two requests for one port the second fails here, before it has an undo that would take the port from the first.
    .step('look', {
      do: async ({ serverId, wanted }) => {
        const { networkInfo } = await serverThere(deps, serverId);
        const portId = wanted.portId?.toLowerCase();
        if (networkInfo.some((port) => port.portId === portId)) throw PortStillInUse({ portId: portId ?? '' });
      },
    })
    .step('port', {
      do: async ({ serverId, wanted }, w) => {
        const { projectId, hostname } = await serverThere(deps, serverId);
        const asked = { serverId, projectId, hostname, requested: [wanted], securityGroups: ['default'], fence: w.fence };
        await saveAddresses(deps.db, serverId, await deps.networking.allocate(w.ctx, asked));
      },
      undo: ({ serverId, wanted }, w) => releasePort(deps, w, { serverId, portId: portIdOf(wanted) }),
    })
    .step('vif', {
      do: async ({ serverId, host, wanted }, w) => {
        await deps.networking.bind(w.ctx, { serverId, host, fence: w.fence });
        const vif = (await deps.networking.activate(w.ctx, { serverId, host })).find(({ portId }) => portId === portIdOf(wanted));
        // The port was deleted through the network API since the step before.
        if (!vif) throw ServerTaken({ serverId });
        return vif;
      },
      undo: ({ serverId, host, wanted }, w) => unplugIfThere(deps, w, host, serverId, { portIds: [portIdOf(wanted)] }),
    })
    .step('guest', {
      do: ({ serverId, host, vif }, w) =>
        workOnHost(deps, w, host, (taskId) => deps.compute.attachInterface(w.ctx, { host, taskId, serverId, vif })),
      undo: ({ serverId, host, vif: { macAddress } }, w) =>
        undoOnHost(deps, w, host, (taskId) => deps.compute.detachInterface(w.ctx, { host, taskId, serverId, macAddress })),
    })
    .step('settle', {
      do: ({ serverId }, w) => endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: false }),
    })
    .onUnwound(({ serverId }, w) => endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: true }));

/** The port that the server gets: the one that was named, or the one that is made. */
export function portIdOf({ portId, newPortId }: Pick<RequestedNetwork, 'portId' | 'newPortId'>): PortId {
  // Clients may write an id in either case.
  const id = (portId?.toLowerCase() as PortId | undefined) ?? newPortId;
  invariant(id !== undefined, 'an interface is attached for a known port');
  return id;
}

async function serverThere(deps: Pick<WorkflowDeps, 'db'>, serverId: ServerId): Promise<Server> {
  const server = await findServer(deps.db, serverId);
  if (!server || server.vmState === 'deleted') throw ServerTaken({ serverId });
  return server;
}
