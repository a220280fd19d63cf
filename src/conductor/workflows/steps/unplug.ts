import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { WorkflowDeps } from '../deps.ts';
import { isUp } from './work-on-host.ts';

export type UnplugDeps = Pick<WorkflowDeps, 'networking' | 'serviceGroup'>;

/**
 * Takes the server's ports off a host. A host that is down has nothing plugged that matters, and compares what it has with the books when it
 * is back: it is not waited for. One that was seen up just now is not looked at again.
 */
export async function unplugIfThere(
  deps: UnplugDeps,
  w: StepContext,
  host: HostName,
  serverId: ServerId,
  { seenUp = false }: { readonly seenUp?: boolean } = {},
): Promise<void> {
  if (!seenUp && !(await isUp(deps, host))) return;
  await deps.networking.deactivate(w.ctx, { host, serverId, fence: w.fence });
}
