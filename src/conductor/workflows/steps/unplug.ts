import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName, PortId, ServerId } from '../../../objects/ids.ts';
import type { WorkflowDeps } from '../deps.ts';
import { isUp } from './work-on-host.ts';

export type UnplugDeps = Pick<WorkflowDeps, 'networking' | 'serviceGroup'>;

/**
 * Unplugs the server's ports, or those with these ids, from a host. A host that is down is skipped: nothing plugged there matters, and it reconciles when it is back.
 * With `seenUp` the check is skipped.
 */
export async function unplugIfThere(
  deps: UnplugDeps,
  w: StepContext,
  host: HostName,
  serverId: ServerId,
  { seenUp = false, ...only }: { readonly seenUp?: boolean; readonly portIds?: readonly PortId[] } = {},
): Promise<void> {
  if (!seenUp && !(await isUp(deps, host))) return;
  await deps.networking.deactivate(w.ctx, { host, serverId, fence: w.fence, ...only });
}
