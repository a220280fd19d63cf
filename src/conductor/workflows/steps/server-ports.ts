import { ifNewer, saveAddresses } from '../../../db/stores/servers/addresses.ts';
import { advanceServer } from '../../../db/stores/servers/servers.ts';
import type { Step, StepContext } from '../../../lib/workflow/step.ts';
import type { HostName, PortId, ServerId } from '../../../objects/ids.ts';
import type { RequestedNetworks, Vif } from '../../../objects/network-info.ts';
import type { WorkflowDeps } from '../deps.ts';
import { advance, heldServer, isHeld } from './server-record.ts';
import { type UnplugDeps, unplugIfThere } from './unplug.ts';

interface OnClaimedHost {
  readonly serverId: ServerId;
  readonly claim: { readonly host: HostName };
}

/** Allocates the server's ports. */
export const allocatePorts = (
  deps: Pick<WorkflowDeps, 'db' | 'networking'>,
): Step<{ readonly serverId: ServerId; readonly requestedNetworks: RequestedNetworks }, void> => ({
  do: async ({ serverId, requestedNetworks: requested }, w) => {
    const { projectId, hostname, securityGroups } = await heldServer(deps, serverId, w.workflowId);
    const wanted = { serverId, projectId, hostname, requested, securityGroups, fence: w.fence };
    const addresses = await deps.networking.allocate(w.ctx, wanted);
    await advance(deps, serverId, w.workflowId, { ...ifNewer(addresses), task_state: 'spawning' });
  },
  undo: async ({ serverId }, w) => {
    if (!(await isHeld(deps, serverId, w.workflowId))) return;
    const addresses = await deps.networking.release(w.ctx, { serverId, fence: w.fence });
    await advanceServer(deps.db, serverId, w.workflowId, ifNewer(addresses));
  },
});

/** Binds the server's ports to its host and connects them there. */
export const plugPorts = (deps: UnplugDeps & Pick<WorkflowDeps, 'db'>): Step<OnClaimedHost, Vif[]> => ({
  do: async ({ claim: { host }, serverId }, w) => {
    await deps.networking.bind(w.ctx, { serverId, host, fence: w.fence });
    return await deps.networking.activate(w.ctx, { serverId, host });
  },
  undo: async ({ claim, serverId }, w) => {
    if (await isHeld(deps, serverId, w.workflowId)) await unplugIfThere(deps, w, claim.host, serverId);
  },
});

/** Takes one port from a server, deleting it if it was made for the server, and records the addresses that are left. */
export async function releasePort(
  deps: Pick<WorkflowDeps, 'db' | 'networking'>,
  w: StepContext,
  { serverId, portId }: { readonly serverId: ServerId; readonly portId: PortId },
): Promise<void> {
  const addresses = await deps.networking.release(w.ctx, { serverId, portIds: [portId], fence: w.fence });
  await saveAddresses(deps.db, serverId, addresses);
}
