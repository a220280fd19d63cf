import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { RequestSpec } from '../../../scheduler/request.ts';
import { NoValidHost } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';

/** The hosts that satisfy a request, the best first; throws NoValidHost if there are none. */
export async function targetHosts(deps: Pick<WorkflowDeps, 'scheduler'>, w: StepContext, request: RequestSpec): Promise<HostName[]> {
  const placement = await deps.scheduler.selectDestination(w.ctx, { request });
  if (placement.kind === 'refused') throw NoValidHost({ hosts: placement.hosts, refusals: placement.refusals });
  return [placement.host, ...placement.alternates];
}
