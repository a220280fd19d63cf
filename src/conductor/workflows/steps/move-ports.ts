import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { UnplugDeps } from './unplug.ts';
import { isUp } from './work-on-host.ts';

/** Takes a server's ports off a host that it has left or does not come to. One that is down unplugs them when it is back. */
export async function leaveHost(deps: UnplugDeps, w: StepContext, host: HostName, serverId: ServerId): Promise<void> {
  const binding = { host, serverId, fence: w.fence };
  await ((await isUp(deps, host)) ? deps.networking.deactivate(w.ctx, binding) : deps.networking.unbind(w.ctx, binding));
}
