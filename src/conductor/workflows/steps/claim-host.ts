import { placeServer } from '../../../db/stores/hosts/claims.ts';
import { releasePlacements } from '../../../db/stores/hosts/placements.ts';
import { advanceServer } from '../../../db/stores/servers/servers.ts';
import type { Step } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import { GroupHostsTaken, HostsTaken, ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { inTransaction } from './server-record.ts';

/** Claims the first of the target hosts that still has room, and makes it the server's host. */
export const claimHost = (
  deps: Pick<WorkflowDeps, 'db' | 'clock'>,
): Step<{ readonly serverId: ServerId; readonly target: readonly HostName[] }, { readonly host: HostName }> => ({
  do: async ({ target, serverId }, w) => {
    let againstGroup = 0;
    for (const host of target) {
      const outcome = await placeServer(deps.db, { serverId, workflowId: w.workflowId, host });
      if (outcome === 'lost') throw ServerTaken({ serverId });
      if (outcome === 'placed') return { host };
      if (outcome === 'against-group') againstGroup += 1;
    }
    if (againstGroup > 0) throw GroupHostsTaken({ candidates: target.length, againstGroup });
    throw HostsTaken({ candidates: target.length });
  },
  undo: ({ serverId }, w) =>
    inTransaction(deps, async (trx) => {
      const held = await advanceServer(trx, serverId, w.workflowId, { host: null, node: null, zone: null });
      if (held) await releasePlacements(trx, serverId);
    }),
});
