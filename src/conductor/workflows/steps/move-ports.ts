import type { Step, StepContext } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { Vif } from '../../../objects/network-info.ts';
import type { WorkflowDeps } from '../deps.ts';
import { heldServer, isHeld } from './server-record.ts';
import type { UnplugDeps } from './unplug.ts';
import { isUp } from './work-on-host.ts';

/** Takes a server's ports off a host that it has left or does not come to. One that is down unplugs them when it is back. */
export async function leaveHost(deps: UnplugDeps, w: StepContext, host: HostName, serverId: ServerId): Promise<void> {
  const binding = { host, serverId, fence: w.fence };
  await ((await isUp(deps, host)) ? deps.networking.deactivate(w.ctx, binding) : deps.networking.unbind(w.ctx, binding));
}

interface OnTheWay {
  readonly serverId: ServerId;
  /** The host that the server leaves. */
  readonly host: HostName;
  /** The host that it comes to. */
  readonly claim: { readonly host: HostName };
}

/** Plugs the ports of a server on the host that it comes to, beside those of its present one. */
export const plugThere = (deps: UnplugDeps & Pick<WorkflowDeps, 'db'>): Step<OnTheWay, Vif[]> => ({
  do: async ({ serverId, host: source, claim: { host } }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    if (host !== source) await deps.networking.bindAlso(w.ctx, { serverId, host, fence: w.fence });
    return await deps.networking.activate(w.ctx, { serverId, host });
  },
  undo: async ({ serverId, host: source, claim: { host } }, w) => {
    if (host !== source && (await isHeld(deps, serverId, w.workflowId))) await leaveHost(deps, w, host, serverId);
  },
});
