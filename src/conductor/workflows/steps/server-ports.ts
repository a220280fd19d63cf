import { advanceServer } from '../../../db/stores/servers/servers.ts';
import type { Step } from '../../../lib/workflow/step.ts';
import { asId, type HostName, type ServerId, type TaskId } from '../../../objects/ids.ts';
import type { RequestedNetworks, Vif } from '../../../objects/network-info.ts';
import type { WorkflowDeps } from '../deps.ts';
import { advance, heldServer, isHeld } from './server-record.ts';
import { type UnplugDeps, unplugIfThere } from './unplug.ts';

interface OnClaimedHost {
  readonly serverId: ServerId;
  readonly claim: { readonly host: HostName };
}

/** Gives the server its ports in the network service's books. */
export const allocatePorts = (
  deps: Pick<WorkflowDeps, 'db' | 'network'>,
): Step<OnClaimedHost & { readonly requestedNetworks: RequestedNetworks }, void> => ({
  do: async ({ claim, serverId, requestedNetworks }, w) => {
    const { projectId, hostname, securityGroups } = await heldServer(deps, serverId, w.workflowId);
    const networkInfo = await deps.network.allocatePorts(w.ctx, {
      serverId,
      projectId,
      hostname,
      requested: requestedNetworks,
      securityGroups: [...securityGroups],
      host: claim.host,
      taskId: asId<TaskId>(w.taskId),
    });
    await advance(deps, serverId, w.workflowId, { network_info: JSON.stringify(networkInfo), task_state: 'spawning' });
  },
  undo: async ({ serverId }, w) => {
    if (!(await isHeld(deps, serverId, w.workflowId))) return;
    await deps.network.releasePorts(w.ctx, { serverId, taskId: asId<TaskId>(w.taskId) });
    await advanceServer(deps.db, serverId, w.workflowId, { network_info: '[]' });
  },
});

/** Connects the server's ports on its host. */
export const plugPorts = (deps: UnplugDeps & Pick<WorkflowDeps, 'db'>): Step<OnClaimedHost, Vif[]> => ({
  do: ({ claim, serverId }, w) => deps.network.plugPorts(w.ctx, { host: claim.host, serverId }),
  undo: async ({ claim, serverId }, w) => {
    if (await isHeld(deps, serverId, w.workflowId)) await unplugIfThere(deps, w, claim.host, serverId);
  },
});
