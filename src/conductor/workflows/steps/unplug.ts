import { messageOf } from '../../../lib/errors/error-type.ts';
import { NoSuchHost } from '../../../lib/rpc/messaging-errors.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { WorkflowDeps } from '../deps.ts';
import { isUp } from './work-on-host.ts';

export type UnplugDeps = Pick<WorkflowDeps, 'network' | 'serviceGroup' | 'log'>;

/**
 * Takes the server's ports off a host. A host that is down has nothing plugged that matters, and one without its network service will
 * compare what it has with the books when that is back: neither is waited for. One that was seen up just now is not looked at again.
 */
export async function unplugIfThere(
  deps: UnplugDeps,
  w: StepContext,
  host: HostName,
  serverId: ServerId,
  { seenUp = false }: { readonly seenUp?: boolean } = {},
): Promise<void> {
  if (!seenUp && !(await isUp(deps, host))) return;
  try {
    await deps.network.unplugPorts(w.ctx, { host, serverId });
  } catch (error) {
    if (!NoSuchHost.is(error)) throw error;
    deps.log.warn(
      { host, serverId, error: messageOf(error) },
      'no network service on the host; it will take off the ports when it is back',
    );
  }
}
