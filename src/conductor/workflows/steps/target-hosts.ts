import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import { NoValidHost } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';

interface Wanted {
  readonly requestedHost: HostName | null;
  /** Hosts on which earlier attempts failed. */
  readonly excludedHosts: readonly HostName[];
}

/** The hosts that may take a server that is on none, the best first; throws NoValidHost if there are none. */
export async function targetHosts(
  deps: Pick<WorkflowDeps, 'scheduler'>,
  w: StepContext,
  server: Server,
  { requestedHost, excludedHosts }: Wanted,
): Promise<HostName[]> {
  const request = {
    serverId: server.id,
    projectId: server.projectId,
    flavor: server.flavor,
    image: server.image,
    zone: server.requestedZone,
    hints: { ...server.schedulerHints },
    excludedHosts: [...excludedHosts],
    requestedHost,
  };
  const placement = await deps.scheduler.selectDestination(w.ctx, { request });
  if (placement.kind === 'refused') throw NoValidHost({ hosts: placement.hosts, refusals: placement.refusals });
  return [placement.host, ...placement.alternates];
}
