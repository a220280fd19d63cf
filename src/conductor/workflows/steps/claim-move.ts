import { noteDestination, noteMigration } from '../../../db/stores/moves/migrations.ts';
import { claimMove, releaseOthers } from '../../../db/stores/moves/move-placements.ts';
import { advanceServer } from '../../../db/stores/servers/servers.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import { GroupHostsTaken, HostsTaken, ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { inTransaction } from './server-record.ts';

interface Claiming {
  readonly serverId: ServerId;
  readonly migrationId: string;
  readonly flavor: Flavor;
  readonly target: readonly HostName[];
}

/** Claims the first of the target hosts that still has room for a server that moves there, and notes it in the record of the move. */
export const claimForMove = (deps: Pick<WorkflowDeps, 'db' | 'clock'>) => ({
  do: async ({ target, serverId, migrationId, flavor }: Claiming, w: StepContext): Promise<{ readonly host: HostName }> => {
    let againstGroup = 0;
    for (const host of target) {
      const outcome = await inTransaction(deps, async (trx) => {
        const claimed = await claimMove(trx, { serverId, workflowId: w.workflowId, host, flavor });
        if (claimed === 'placed') await noteDestination(trx, migrationId, host);
        return claimed;
      });
      if (outcome === 'lost') throw ServerTaken({ serverId });
      if (outcome === 'placed') return { host };
      if (outcome === 'against-group') againstGroup += 1;
    }
    if (againstGroup > 0) throw GroupHostsTaken({ candidates: target.length, againstGroup });
    throw HostsTaken({ candidates: target.length });
  },
  undo: ({ serverId, migrationId }: Claiming, w: StepContext): Promise<void> =>
    inTransaction(deps, async (trx) => {
      if (!(await advanceServer(trx, serverId, w.workflowId, {}))) return;
      await releaseOthers(trx, serverId);
      await noteDestination(trx, migrationId, undefined);
      await noteMigration(trx, migrationId, 'pre-migrating');
    }),
});
