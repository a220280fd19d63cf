import { endMigrations } from '../../../db/stores/moves/migrations.ts';
import { hostsOf, releaseOthers } from '../../../db/stores/moves/move-placements.ts';
import { findServer } from '../../../db/stores/servers/cached-servers.ts';
import { lockServer } from '../../../db/stores/servers/servers.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { abandonMoveRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { leaveHost } from '../steps/move-ports.ts';
import { leaveOthers } from '../steps/moved-volumes.ts';
import { inTransaction } from '../steps/server-record.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { completeNew } from '../steps/volumes-of-guest.ts';
import { workOnHostIfUp } from '../steps/work-on-host.ts';

/**
 * Ends a move that was given up, wherever it had got to: the server is where its record says, and nowhere else. Each step finds what is left
 * to do. It begins when the work of the move has ended, and work on the server waits for it: nobody else would end the move.
 */
export const abandonMove = (deps: WorkflowDeps) =>
  workflow(abandonMoveRef)
    .step('elsewhere', {
      do: async ({ serverId }, w) => {
        const here = (await findServer(deps.db, serverId))?.host ?? null;
        const others = (await hostsOf(deps.db, serverId)).filter((host) => host !== here);
        for (const host of others) {
          await destroyGuest(deps, w, host, serverId);
          await leaveHost(deps, w, host, serverId);
        }
        return { onlyHere: others.length === 0 ? here : null };
      },
    })
    // One that was resized on its host keeps its present size.
    .step('here', {
      do: async ({ serverId, elsewhere: { onlyHere: host } }, w) => {
        if (host !== null) await workOnHostIfUp(deps, w, host, (taskId) => deps.compute.confirmGuest(w.ctx, { host, taskId, serverId }));
      },
    })
    // The guest that is left has its volumes by the attachments that the record names.
    .step('volumes', {
      do: async ({ serverId }, w) => {
        const server = await findServer(deps.db, serverId);
        if (!server) return;
        // Its undo may have been given up before the first attachments were back.
        for (const { volumeId, attachmentId } of server.volumes) await deps.volumes.reserve(w.ctx, { volumeId, attachmentId, serverId });
        if (server.host !== null) await completeNew(deps, w.ctx, server);
        await leaveOthers(deps, w.ctx, server);
      },
    })
    .step('abandoned', {
      do: ({ serverId }) =>
        inTransaction(deps, async (trx) => {
          if (!(await lockServer(trx, serverId))) return;
          await releaseOthers(trx, serverId);
          await endMigrations(trx, serverId);
        }),
    })
    .withoutGivingWay();
