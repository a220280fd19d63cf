import { switchHost } from '../../../db/stores/moves/move-placements.ts';
import { findServer } from '../../../db/stores/servers/cached-servers.ts';
import type { Step, StepContext } from '../../../lib/workflow/step.ts';
import { type Unwound, workflow } from '../../../lib/workflow/workflow.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import { type EndResize, revertResizeRef } from '../../../operations/workflows.ts';
import { ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { leaveHost } from '../steps/move-ports.ts';
import { type Attaching, chooseAttachments, fence, leaveOthers, reserveThere } from '../steps/moved-volumes.ts';
import { heldServer, inTransaction } from '../steps/server-record.ts';
import { settleMove } from '../steps/settle-move.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { equipGuest } from '../steps/volumes-of-guest.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Reverts a resize or cold migration: the server is on the host that it left again, in its old size, with the disk that it had there. What
 * it did since is lost. Nothing is undone: once its new guest is gone, the server can only go on. If it cannot be started it is in error
 * where it was, for a hard reboot.
 */
export const revertResize = (deps: WorkflowDeps) =>
  workflow(revertResizeRef)
    .step('give-up', {
      do: async ({ serverId, source, destination: host }, w) => {
        await heldServer(deps, serverId, w.workflowId);
        if (source !== host) {
          await destroyGuest(deps, w, host, serverId);
          return;
        }
        await workOnHost(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null }));
      },
    })
    .step('restore', {
      do: async ({ serverId, source, destination }, w) => {
        if (source === destination)
          await workOnHost(deps, w, source, (taskId) => deps.compute.revertGuest(w.ctx, { host: source, taskId, serverId }));
      },
    })
    .step('attachments', {
      do: ({ serverId, source, destination }, w) => chooseAttachments(deps, w, { serverId, changesHost: source !== destination }),
    })
    .step('volumes', takeVolumesBack(deps))
    .step('switch', {
      do: async ({ serverId, source: to, destination, flavor, attachments: { there: holds } }, w) => {
        const moved = await inTransaction(deps, (trx) =>
          switchHost(trx, { serverId, workflowId: w.workflowId, to, flavor, holds, more: {} }),
        );
        if (!moved) throw ServerTaken({ serverId });
        if (destination === to) return;
        await deps.networking.turnTo(w.ctx, { serverId, host: to, fence: w.fence });
        await leaveHost(deps, w, destination, serverId);
      },
    })
    .step('equip', {
      do: async ({ serverId, source }, w) => {
        const server = await heldServer(deps, serverId, w.workflowId);
        await equipGuest(deps, w, server, source);
        await leaveOthers(deps, w.ctx, server);
      },
    })
    .step('on', {
      do: async ({ serverId, source: host, wasStopped }, w) => {
        await deps.networking.activate(w.ctx, { serverId, host });
        if (!wasStopped) await workOnHost(deps, w, host, (taskId) => deps.compute.start(w.ctx, { host, taskId, serverId, input: null }));
      },
    })
    .step('reverted', {
      do: ({ serverId, migrationId, wasStopped }, w) =>
        settleMove(deps, w, {
          serverId,
          migrationId,
          status: 'reverted',
          to: wasStopped ? 'stopped' : 'active',
          more: { launched_at: deps.clock.now() },
          releasesOthers: true,
        }),
    })
    .onUnwound((reversal, w) => giveUp(deps, reversal, w));

/** The host that is left may be down with a guest that runs: its connections end for certain before others write. */
const takeVolumesBack = (deps: WorkflowDeps): Step<EndResize & Attaching, void> => ({
  do: async ({ serverId, source, destination, attachments }, w) => {
    if (source === destination) return;
    await fence(deps, w.ctx, attachments.here);
    await reserveThere(deps, w.ctx, serverId, attachments);
  },
});

type Failed = Unwound<EndResize & { readonly flavor: Flavor }, object>;

/** Until the server is back the host that it left has its only disk: it stays resized, and can be reverted once more. */
async function giveUp(deps: WorkflowDeps, { serverId, migrationId, source, flavor, failure }: Failed, w: StepContext): Promise<void> {
  const server = await findServer(deps.db, serverId);
  if (server?.workflowId === w.workflowId) await leaveOthers(deps, w.ctx, server);
  const isBack = server?.host === source && server.flavor.id === flavor.id;
  const failed = { serverId, migrationId, failure };
  await settleMove(deps, w, isBack ? { ...failed, status: 'error', to: 'error', releasesOthers: true } : { ...failed, status: 'finished' });
}
