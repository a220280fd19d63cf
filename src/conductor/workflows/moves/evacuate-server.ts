import { findMigration, noteMigration } from '../../../db/stores/moves/migrations.ts';
import { switchHost } from '../../../db/stores/moves/move-placements.ts';
import { advanceServer } from '../../../db/stores/servers/servers.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import { enqueue } from '../../../lib/workflow/enqueue.ts';
import type { Step, StepContext } from '../../../lib/workflow/step.ts';
import { type Unwound, workflow } from '../../../lib/workflow/workflow.ts';
import type { HostName } from '../../../objects/ids.ts';
import { type EvacuateServer, evacuateServerRef } from '../../../operations/workflows.ts';
import { requestFor } from '../../../scheduler/request.ts';
import { ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { claimForMove } from '../steps/claim-move.ts';
import { mayRetryMove } from '../steps/retry-move.ts';
import { leaveHost, plugThere } from '../steps/move-ports.ts';
import { type Attaching, attachmentsThere, fence, leaveVolumes, noAttachments, regain, reserveThere } from '../steps/moved-volumes.ts';
import { advance, heldServer, inTransaction, isHeld } from '../steps/server-record.ts';
import { settleMove } from '../steps/settle-move.ts';
import { spawnGuest } from '../steps/spawn-guest.ts';
import { targetHosts } from '../steps/target-hosts.ts';
import { clearHost } from '../steps/clear-host.ts';
import { ignoringNoGuest, undoOnHost } from '../steps/undo-on-host.ts';
import { isUp, workOnHost, workOnHostIfUp } from '../steps/work-on-host.ts';

/**
 * Evacuates a server from a host that died: makes its guest anew from its image on another host, with the same id, volumes and ports, and
 * makes that host the server's own. The dead host, should it return, finds that it has no placement and destroys its guest.
 */
export const evacuateServer = (deps: WorkflowDeps) =>
  workflow(evacuateServerRef)
    .step('target', {
      do: async (evacuation, w) => {
        const server = await heldServer(deps, evacuation.serverId, w.workflowId);
        const hosts = await targetHosts(deps, w, requestFor(server, evacuation));
        await noteMigration(deps.db, evacuation.migrationId, 'pre-migrating');
        return hosts;
      },
    })
    .step('claim', claimForMove(deps))
    .step('leftovers', clearHost(deps))
    .step('off', turnOffSource(deps))
    .step('attachments', attachmentsThere(deps))
    .step('volumes', takeVolumes(deps))
    .step('vifs', plugThere(deps))
    .step('spawning', {
      do: async ({ serverId }, w) => void (await advance(deps, serverId, w.workflowId, { task_state: 'rebuild_spawning' })),
    })
    .step('guest', spawnGuest(deps))
    .step('stop', {
      do: async ({ serverId, endsAs, claim: { host } }, w) => {
        if (endsAs === 'stopped')
          await workOnHost(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null }));
      },
    })
    .step('switch', switchOver(deps))
    .step('unplug', unplugSource(deps))
    .step('left', leaveVolumes(deps))
    .step('evacuated', {
      do: ({ serverId, migrationId, endsAs }, w) =>
        settleMove(deps, w, {
          serverId,
          migrationId,
          status: 'done',
          to: endsAs,
          more: { launched_at: deps.clock.now() },
          releasesOthers: true,
        }),
    })
    .step('source', compareSource(deps))
    .onUnwound((evacuation, w) =>
      mayRetryMove(evacuation, deps.options.maxAttempts) ? retryElsewhere(deps, evacuation, w) : giveUp(deps, evacuation, w),
    );

/** What the steps see: `host` is the dead one, `claim.host` the one that the server comes to. */
interface Claimed extends EvacuateServer {
  readonly claim: { readonly host: HostName };
}

/** The dead host may have come back since the request: its guest must not run beside the new one. */
const turnOffSource = (deps: WorkflowDeps): Step<EvacuateServer, void> => ({
  do: async ({ serverId, host }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    await ignoringNoGuest(workOnHostIfUp(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null })));
  },
  undo: async ({ serverId, host, wasActive }, w) => {
    if (!wasActive || !(await isHeld(deps, serverId, w.workflowId))) return;
    await undoOnHost(deps, w, host, (taskId) => deps.compute.start(w.ctx, { host, taskId, serverId, input: null }));
  },
});

/**
 * Takes its volumes from the dead host: the connections there end for certain before the new guest may write, for nobody knows whether the
 * old one still does.
 */
const takeVolumes = (deps: WorkflowDeps): Step<Claimed & Attaching, void> => ({
  do: async ({ serverId, attachments }, w) => {
    await fence(deps, w.ctx, attachments.here);
    await reserveThere(deps, w.ctx, serverId, attachments);
  },
  undo: (evacuation, w) => regain(deps, w, evacuation),
});

const switchOver = (deps: WorkflowDeps): Step<Claimed & Attaching, void> => ({
  do: async ({ serverId, flavor, claim: { host: to }, attachments: { there: holds } }, w) => {
    const moved = await inTransaction(deps, (trx) => switchHost(trx, { serverId, workflowId: w.workflowId, to, flavor, holds, more: {} }));
    if (!moved) throw ServerTaken({ serverId });
    await deps.networking.turnTo(w.ctx, { serverId, host: to, fence: w.fence });
  },
  undo: async ({ serverId, host: to, flavor, attachments: { here: holds } = noAttachments }, w) => {
    const isBack = await inTransaction(deps, (trx) => switchHost(trx, { serverId, workflowId: w.workflowId, to, flavor, holds, more: {} }));
    if (isBack) await deps.networking.turnTo(w.ctx, { serverId, host: to, fence: w.fence });
  },
});

const unplugSource = (deps: WorkflowDeps): Step<EvacuateServer, void> => ({
  do: async ({ serverId, host }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    await leaveHost(deps, w, host, serverId);
  },
  undo: async ({ serverId, host }, w) => {
    if (!(await isHeld(deps, serverId, w.workflowId))) return;
    await deps.networking.bindAlso(w.ctx, { serverId, host, fence: w.fence });
    if (await isUp(deps, host)) await deps.networking.activate(w.ctx, { serverId, host });
  },
});

/** A host that came back meanwhile has compared its guests when this one still belonged there. */
const compareSource = (deps: WorkflowDeps): Step<EvacuateServer, void> => ({
  do: async ({ serverId, host }, w) => {
    await workOnHostIfUp(deps, w, host, (taskId) => deps.compute.compareGuests(w.ctx, { host, taskId })).catch((error: unknown) => {
      if (w.signal.aborted) throw error;
      // The server has moved, whatever becomes of this; the host compares its guests at intervals, too.
      deps.log.warn({ host, serverId, error: messageOf(error) }, 'a host did not look for the guest that an evacuation left there');
    });
  },
});

type Failed = Unwound<EvacuateServer, { claim: { host: HostName } }>;

/** Starts the next attempt, which takes over the server from this one. */
const retryElsewhere = (deps: WorkflowDeps, { serverId, claim, ...evacuation }: Failed, w: StepContext): Promise<void> =>
  inTransaction(deps, async (trx) => {
    const id = deps.ids.uuid();
    if (!(await advanceServer(trx, serverId, w.workflowId, { workflow_id: id, task_state: 'rebuilding', progress: 0 }))) return;
    await enqueue(trx, evacuateServerRef, {
      id,
      subject: serverId,
      ctx: w.ctx,
      input: {
        serverId,
        migrationId: evacuation.migrationId,
        host: evacuation.host,
        flavor: evacuation.flavor,
        endsAs: evacuation.endsAs,
        wasActive: evacuation.wasActive,
        requestedHost: evacuation.requestedHost,
        excludedHosts: claim ? [...evacuation.excludedHosts, claim.host] : evacuation.excludedHosts,
        attemptNumber: evacuation.attemptNumber + 1,
      },
    });
  });

/** A failure before a host was found is the conductor's, one on the host is the host's. */
async function giveUp(deps: WorkflowDeps, { serverId, migrationId, failure }: Failed, w: StepContext): Promise<void> {
  const migration = await findMigration(deps.db, migrationId);
  const status = migration?.destination ? 'failed' : 'error';
  await settleMove(deps, w, { serverId, migrationId, status, to: 'error', failure });
}
