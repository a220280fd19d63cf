import { noteMigration, noteDestination } from '../../../../db/stores/moves/migrations.ts';
import { takeTurn } from '../../../../db/stores/moves/live-migrations.ts';
import { releaseOthers, switchHost } from '../../../../db/stores/moves/move-placements.ts';
import type { Step, StepContext, Stored } from '../../../../lib/workflow/step.ts';
import type { MovedGuest } from '../../../../objects/guest-spec.ts';
import type { HostName } from '../../../../objects/ids.ts';
import type { Arrival, Departure } from '../../../../objects/live-migration.ts';
import type { Vif } from '../../../../objects/network-info.ts';
import { heldBy } from '../../../../objects/server-volume.ts';
import { insistOnSharedStorage } from '../../../../operations/live-migration-checks.ts';
import type { LiveMigrateServer } from '../../../../operations/workflows.ts';
import { ComputeHostDown, ServerTaken } from '../../../errors.ts';
import type { WorkflowDeps } from '../../deps.ts';
import { claimForMove } from '../../steps/claim-move.ts';
import { leaveHost } from '../../steps/move-ports.ts';
import { movedGuestOf } from '../../steps/moved-guest.ts';
import { type Attaching, leaveOthers, reserveThere } from '../../steps/moved-volumes.ts';
import { heldServer, inTransaction } from '../../steps/server-record.ts';
import { destroyGuest } from '../../steps/spawn-guest.ts';
import { completeNew, completeVolumes, volumesForGuest } from '../../steps/volumes-of-guest.ts';
import { waitAWhile } from '../../steps/wait-a-while.ts';
import { isUp, workOnHost } from '../../steps/work-on-host.ts';
import { otherEnd, recordArrival, serverToTidy, welcomeGuest, whereGuestIs } from './where-guest-is.ts';

/** What the steps of a live migration see: `host` is the one that the server leaves, `claim.host` the one that it comes to. */
type Moving = LiveMigrateServer;
interface Described extends Moving {
  readonly departure: Stored<Departure>;
}
interface Claimed extends Described {
  readonly claim: { readonly host: HostName };
}
interface Held extends Claimed, Attaching {}
interface Plugged extends Held {
  readonly vifs: Stored<Vif[]>;
}
interface Prepared extends Plugged {
  readonly prepare: Stored<Arrival>;
}

const endsOf = ({ serverId, host: source, claim: { host: destination } }: Claimed) => ({ serverId, source, destination });

/** How often a queued migration looks whether it is its turn. */
const LOOK_EVERY_MS = 1_000;

/** Asks the host of the server what its guest needs elsewhere. */
export const describeDeparture = (deps: WorkflowDeps): Step<Moving, Departure> => ({
  do: async ({ serverId, host, copiesDisks }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    if (!(await isUp(deps, host))) throw ComputeHostDown({ host });
    const departure = await deps.compute.describeDeparture(w.ctx, { host, serverId });
    insistOnSharedStorage(departure, copiesDisks);
    return departure;
  },
});

/** Claims the host that the server comes to. */
export const claimDestination = (
  deps: WorkflowDeps,
): Step<Moving & { readonly target: readonly HostName[] }, { readonly host: HostName }> => ({
  do: claimForMove(deps).do,
  undo: async ({ serverId, migrationId, host }, w) => {
    const server = await serverToTidy(deps, serverId, w.workflowId);
    if (!server) return;
    await inTransaction(deps, async (trx) => {
      await releaseOthers(trx, serverId);
      // A guest that has gone after all has its destination.
      if (server.host === host) await noteDestination(trx, migrationId, undefined);
    });
  },
});

/** Lets the host that the server comes to check whether it can run the guest. */
export const checkArrival = (deps: WorkflowDeps): Step<Claimed, void> => ({
  do: ({ departure, claim: { host } }, w) => deps.compute.checkArrival(w.ctx, { host, departure }),
});

/** Waits for the turn of this migration: a host moves few guests at a time, so that each is fast. */
export const awaitTurn = (deps: WorkflowDeps): Step<Claimed, null> => ({
  do: async ({ serverId, migrationId, host }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    await noteMigration(deps.db, migrationId, 'queued');
    const atATime = deps.options.liveMigrationsAtATime;
    for (;;) {
      if (await inTransaction(deps, (trx) => takeTurn(trx, { migrationId, host, atATime }))) return null;
      await waitAWhile(w, LOOK_EVERY_MS);
    }
  },
});

/** Holds its volumes for the host that it comes to, beside its hold for the present one. Its record names those of the end that has it. */
export const holdBeside = (deps: WorkflowDeps): Step<Held, void> => ({
  do: ({ serverId, attachments }, w) => reserveThere(deps, w.ctx, serverId, attachments),
  undo: async ({ serverId }, w) => {
    const server = await serverToTidy(deps, serverId, w.workflowId);
    if (!server) return;
    await completeNew(deps, w.ctx, server);
    await leaveOthers(deps, w.ctx, server);
  },
});

/** Plugs the ports of the server on the host that it comes to, beside those of its present one. */
export const plugBeside = (deps: WorkflowDeps): Step<Held, Vif[]> => ({
  do: async ({ serverId, claim: { host } }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    await deps.networking.bindAlso(w.ctx, { serverId, host, fence: w.fence });
    return await deps.networking.activate(w.ctx, { serverId, host });
  },
  undo: async (move, w) => {
    const server = await serverToTidy(deps, move.serverId, w.workflowId);
    if (server) await leaveHost(deps, w, otherEnd(server, endsOf(move)), move.serverId);
  },
});

/** Has the host that the server comes to ready for its guest: images, disks, a way in. */
export const prepareHost = (deps: WorkflowDeps): Step<Plugged, Arrival> => ({
  do: async (move, w) => {
    const { serverId, departure, host: source } = move;
    const { host } = move.claim;
    const guest = await guestThere(deps, w, move);
    return await workOnHost(deps, w, host, async (taskId) => {
      // The key to the files is made anew for each message, so that none is ever stored.
      const offer = await deps.compute.offerImages(w.ctx, { host: source, serverId });
      w.signal.throwIfAborted();
      return await deps.compute.prepareArrival(w.ctx, { host, taskId, guest, departure, offer });
    });
  },
  undo: async (move, w) => {
    const server = await serverToTidy(deps, move.serverId, w.workflowId);
    if (server) await destroyGuest(deps, w, otherEnd(server, endsOf(move)), move.serverId);
  },
});

/**
 * Moves the guest. A report that is lost is asked for again; if its host is lost, the other one knows whether the guest has arrived. The
 * undo ends what is still going on, and lets the record follow a guest that has gone.
 */
export const moveRunning = (deps: WorkflowDeps): Step<Prepared, null> => ({
  do: async (move, w) => {
    const { serverId, migrationId, prepare: arrival, host: source } = move;
    const guest = await guestThere(deps, w, move);
    await noteMigration(deps.db, migrationId, 'running');
    try {
      await workOnHost(deps, w, source, (taskId) => deps.compute.liveMigrate(w.ctx, { host: source, taskId, guest, arrival }));
    } catch (error) {
      const isThere = ComputeHostDown.is(error) && (await deps.compute.hasArrived(w.ctx, { host: move.claim.host, serverId }));
      if (!isThere) throw error;
    }
    return null;
  },
  undo: async (move, w) => {
    const server = await serverToTidy(deps, move.serverId, w.workflowId);
    if (!server) return;
    const ends = endsOf(move);
    if ((await whereGuestIs(deps, w, ends)) === ends.source) return;
    await recordArrival(deps, w, move, ends.destination);
    await welcomeGuest(deps, w, ends, await movedGuestOf(deps, server, { ...move, host: ends.destination }));
  },
});

/** The guest as the host that it comes to has it. How its volumes are reached there is asked anew: it is a secret, which no log keeps. */
async function guestThere(deps: WorkflowDeps, w: StepContext, move: Plugged): Promise<MovedGuest> {
  const { serverId, flavor, vifs, claim, attachments } = move;
  const server = await heldServer(deps, serverId, w.workflowId);
  const connected = await volumesForGuest(deps, w.ctx, { volumes: heldBy(server.volumes, attachments.there) }, claim.host);
  return await movedGuestOf(deps, server, { flavor, vifs, host: claim.host, ...connected });
}

/** Makes the host that the guest has come to the server's own, and the one that carries its ports. */
export const switchToArrived = (deps: WorkflowDeps): Step<Prepared, null> => ({
  do: async (move, w) => {
    const { serverId, migrationId, flavor, vifs, attachments } = move;
    const ends = endsOf(move);
    const to = ends.destination;
    await noteMigration(deps.db, migrationId, 'post-migrating');
    const moved = await inTransaction(deps, (trx) =>
      switchHost(trx, { serverId, workflowId: w.workflowId, to, flavor, holds: attachments.there, more: {} }),
    );
    if (!moved) throw ServerTaken({ serverId });
    await deps.networking.turnTo(w.ctx, { serverId, host: to, fence: w.fence });
    const server = await heldServer(deps, serverId, w.workflowId);
    await completeVolumes(deps, w.ctx, server);
    await welcomeGuest(deps, w, ends, await movedGuestOf(deps, server, { flavor, vifs, host: to }));
    return null;
  },
});

/** Removes what the guest left on the host that it has gone from. */
export const clearSource = (deps: WorkflowDeps): Step<Claimed, null> => ({
  do: async ({ serverId, host }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    await destroyGuest(deps, w, host, serverId);
    await leaveHost(deps, w, host, serverId);
    await leaveOthers(deps, w.ctx, await heldServer(deps, serverId, w.workflowId));
    return null;
  },
});
