import { findServers } from '../../../db/stores/servers/servers.ts';
import { endBeside } from '../../../db/stores/servers/settling.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { Receipt } from '../../../lib/rpc/contract.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import type { ServerActionName } from '../../../operations/actions/index.ts';
import { actionOf, type HostActionName } from '../../../operations/actions/kinds.ts';
import { lifecycle, type Transition, type TransitionName } from '../../../operations/lifecycle.ts';
import { type PerformAction, performActionRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, settle, settleBack } from '../steps/server-record.ts';
import { equipGuest } from '../steps/volumes-of-guest.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/** Performs an action on a guest, and leaves the server in the state that its lifecycle row says. */
export const serverAction = (deps: WorkflowDeps) =>
  workflow(performActionRef)
    // A guest that was off may have missed that its volumes are connected in another way.
    .step('volumes', {
      do: async ({ serverId, host, transition }, w) => {
        const [server] = startsGuest.has(transition) ? await findServers(deps.db, [serverId]) : [];
        if (server) await equipGuest(deps, w, server, host);
      },
    })
    .step('perform', {
      do: (stored, w) => {
        const { serverId, host, action } = stored;
        // Seam: the messages are derived from the actions, so the one of this name takes its input; the union type hides that.
        const send = deps.compute[action as HostActionName] as (ctx: Context, params: object) => Promise<Receipt<void>>;
        const input = inputOf(stored);
        return workOnHost(deps, w, host, (taskId) => send(w.ctx, { host, taskId, serverId, input }));
      },
    })
    .step('settle', {
      do: ({ serverId, transition }, w) => {
        const row: Transition = lifecycle[transition];
        const held = { serverId, workflowId: w.workflowId, ctx: w.ctx };
        if (row.doing === null) return endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: false });
        return typeof row.to === 'function' || row.to === 'asBefore' ? settle(deps.db, held) : settle(deps.db, { ...held, to: row.to });
      },
    })
    .onUnwound(({ serverId, transition, failure }, w) => {
      const { doing, onFailure }: Transition = lifecycle[transition];
      if (doing === null) return endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: true });
      const held = { serverId, workflowId: w.workflowId, ctx: w.ctx };
      const fault = faultOf(failure, deps.clock.now());
      return onFailure ? settle(deps.db, { ...held, to: onFailure, more: { fault } }) : settleBack(deps.db, { ...held, fault });
    });

/** What starts a guest from its definition. */
const startsGuest: ReadonlySet<TransitionName> = new Set(['start', 'rebootHard']);

/** The action's input; earlier revisions stored the body of the OpenStack API instead, which the action's first face translates. */
function inputOf({ action, input, body }: PerformAction): unknown {
  if (input !== undefined) return input;
  const [face] = actionOf(action as ServerActionName).rest;
  return face?.input(body as never) ?? null;
}
