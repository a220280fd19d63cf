import { workflow } from '../../../lib/workflow/workflow.ts';
import { confirmResizeRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { leaveHost } from '../steps/move-ports.ts';
import { settleMove } from '../steps/settle-move.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Confirms a resize or cold migration: the host that the server left forgets it. Each step finds what is left to do; a confirmation that
 * fails can be repeated, for the server stays as it is.
 */
export const confirmResize = (deps: WorkflowDeps) =>
  workflow(confirmResizeRef)
    .step('forget', {
      do: async ({ serverId, source, destination }, w) => {
        if (source === destination)
          await workOnHost(deps, w, source, (taskId) => deps.compute.confirmGuest(w.ctx, { host: source, taskId, serverId }));
        else {
          await destroyGuest(deps, w, source, serverId);
          await leaveHost(deps, w, source, serverId);
        }
      },
    })
    .step('confirmed', {
      do: ({ serverId, migrationId, endsAs }, w) =>
        settleMove(deps, w, { serverId, migrationId, status: 'confirmed', to: endsAs, releasesOthers: true }),
    })
    .onUnwound(({ serverId, migrationId, failure }, w) => settleMove(deps, w, { serverId, migrationId, status: 'finished', failure }));
