import { findMigration, noteMigration } from '../../../db/stores/moves/migrations.ts';
import { switchHost } from '../../../db/stores/moves/move-placements.ts';
import { takeServer } from '../../../db/stores/servers/servers.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { Step, Stored } from '../../../lib/workflow/step.ts';
import type { HostName } from '../../../objects/ids.ts';
import { heldBy } from '../../../objects/server-volume.ts';
import type { Vif } from '../../../objects/network-info.ts';
import type { ResizeServer } from '../../../operations/workflows.ts';
import { ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { movedGuestOf } from '../steps/moved-guest.ts';
import { type Attaching, noAttachments } from '../steps/moved-volumes.ts';
import { advance, heldServer, inTransaction, isHeld } from '../steps/server-record.ts';
import { settleMove } from '../steps/settle-move.ts';
import { destroyGuest } from '../steps/spawn-guest.ts';
import { undoOnHost } from '../steps/undo-on-host.ts';
import { volumesForGuest } from '../steps/volumes-of-guest.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/** What the steps of a resize see: `host` is the one that the server leaves, `claim.host` the one that it comes to. */
type Resizing = ResizeServer;
interface Claimed extends Resizing {
  readonly claim: { readonly host: HostName };
}
interface Plugged extends Claimed, Attaching {
  readonly vifs: Stored<Vif[]>;
}

/** Turns the guest off; the undo turns it on again. */
export const turnOff = (deps: WorkflowDeps): Step<Resizing, void> => ({
  do: async ({ serverId, migrationId, host }, w) => {
    await advance(deps, serverId, w.workflowId, { task_state: 'resize_migrating' });
    await noteMigration(deps.db, migrationId, 'migrating');
    await workOnHost(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null }));
  },
  undo: async ({ serverId, host, wasStopped }, w) => {
    if (wasStopped || !(await isHeld(deps, serverId, w.workflowId))) return;
    await undoOnHost(deps, w, host, (taskId) => deps.compute.start(w.ctx, { host, taskId, serverId, input: null }));
  },
});

/** Makes the guest there, off and in its new size, from the files of the present host. */
export const moveGuest = (deps: WorkflowDeps): Step<Plugged, void> => ({
  do: async ({ serverId, migrationId, host: source, flavor, claim: { host }, vifs, attachments }, w) => {
    const server = await heldServer(deps, serverId, w.workflowId);
    const connected = await volumesForGuest(deps, w.ctx, { volumes: heldBy(server.volumes, attachments.there) }, host);
    const guest = await movedGuestOf(deps, server, { flavor, vifs, host, ...connected });
    await workOnHost(deps, w, host, async (taskId) => {
      if (host === source) return await deps.compute.resizeGuest(w.ctx, { host, taskId, guest });
      // The key to the files is made anew for each message, so that none is ever stored.
      const offer = await deps.compute.offerGuest(w.ctx, { host: source, serverId });
      w.signal.throwIfAborted();
      return await deps.compute.receiveGuest(w.ctx, { host, taskId, guest, offer });
    });
    await advance(deps, serverId, w.workflowId, { task_state: 'resize_migrated' });
    await noteMigration(deps.db, migrationId, 'post-migrating');
  },
  undo: async ({ serverId, host: source, claim: { host } }, w) => {
    if (!(await isHeld(deps, serverId, w.workflowId))) return;
    if (host !== source) await destroyGuest(deps, w, host, serverId);
    else await undoOnHost(deps, w, host, (taskId) => deps.compute.revertGuest(w.ctx, { host, taskId, serverId }));
  },
});

/** Makes the host that the server comes to its own, and the one that carries its ports. */
export const switchOver = (deps: WorkflowDeps): Step<Claimed & Attaching, null> => ({
  do: async ({ serverId, flavor, claim: { host: to }, attachments: { there: holds } }, w) => {
    const more = { task_state: 'resize_finish' } as const;
    const moved = await inTransaction(deps, (trx) => switchHost(trx, { serverId, workflowId: w.workflowId, to, flavor, holds, more }));
    if (!moved) throw ServerTaken({ serverId });
    await deps.networking.turnTo(w.ctx, { serverId, host: to, fence: w.fence });
    return null;
  },
  undo: async ({ serverId, migrationId, host: to, attachments: { here: holds } = noAttachments }, w) => {
    const migration = await findMigration(deps.db, migrationId);
    invariant(migration, 'the record of a move is there while it lasts');
    const more = { task_state: 'resize_migrated' } as const;
    const { flavor } = migration.before;
    const isBack = await inTransaction(deps, (trx) => switchHost(trx, { serverId, workflowId: w.workflowId, to, flavor, holds, more }));
    if (isBack) await deps.networking.turnTo(w.ctx, { serverId, host: to, fence: w.fence });
  },
});

/** Starts the guest in its new size, unless it was off. */
export const turnOn = (deps: WorkflowDeps): Step<Claimed, void> => ({
  do: async ({ serverId, wasStopped, claim: { host } }, w) => {
    if (!wasStopped) await workOnHost(deps, w, host, (taskId) => deps.compute.start(w.ctx, { host, taskId, serverId, input: null }));
  },
  undo: async ({ serverId, wasStopped, claim: { host } }, w) => {
    // The guest of this host is given up; one that must become what it was has to be off for that.
    if (wasStopped || !(await isHeld(deps, serverId, w.workflowId))) return;
    await undoOnHost(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null }));
  },
});

/** Settles the server until its owner confirms or reverts. */
export const waitForOwner = (deps: WorkflowDeps): Step<Resizing, void> => ({
  do: ({ serverId, migrationId, wasStopped }, w) =>
    settleMove(deps, w, {
      serverId,
      migrationId,
      status: 'finished',
      to: 'resized',
      more: { power_state: wasStopped ? 'shutdown' : 'running', launched_at: deps.clock.now() },
    }),
  // The commit may have succeeded though its answer was lost. If another operation has begun since, the server stays resized.
  undo: ({ serverId, migrationId, wasStopped }, w) =>
    inTransaction(deps, async (trx) => {
      const to = { vm_state: wasStopped ? 'stopped' : 'active', task_state: 'resize_finish', workflow_id: w.workflowId } as const;
      if (await takeServer(trx, { id: serverId, vmState: 'resized', taskState: null, workflowId: null }, to))
        await noteMigration(trx, migrationId, 'post-migrating');
    }),
});
