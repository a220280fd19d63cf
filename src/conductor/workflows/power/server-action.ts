import { lifecycle, type Transition } from '../../../operations/lifecycle.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { performActionRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, settle, settleBack } from '../steps/server-record.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/** Does to a guest what its lifecycle row promises, and brings the server to rest where the row says. */
export const serverAction = (deps: WorkflowDeps) =>
  workflow(performActionRef)
    .step('perform', {
      do: ({ serverId, host, action, body }, w) =>
        // The contract's messages are made from the actions, so the one named by the action takes its body; the union of them hides that.
        workOnHost(deps, w, host, (taskId) => deps.compute[action](w.ctx, { host, taskId, serverId, body: body as never })),
    })
    .step('settle', {
      do: ({ serverId, transition }, w) =>
        settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: lifecycle[transition].to }),
    })
    .onUnwound(({ serverId, transition, failure }, w) => {
      const { onFailure }: Transition = lifecycle[transition];
      const held = { serverId, workflowId: w.workflowId, ctx: w.ctx };
      const fault = faultOf(failure, deps.clock.now());
      return onFailure ? settle(deps.db, { ...held, to: onFailure, more: { fault } }) : settleBack(deps.db, { ...held, fault });
    });
