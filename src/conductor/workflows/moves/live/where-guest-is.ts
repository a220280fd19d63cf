import { followGuest } from '../../../../db/stores/moves/move-placements.ts';
import { findServer } from '../../../../db/stores/servers/cached-servers.ts';
import { messageOf } from '../../../../lib/errors/error-type.ts';
import type { StepContext } from '../../../../lib/workflow/step.ts';
import type { MovedGuest } from '../../../../objects/guest-spec.ts';
import type { HostName, ServerId } from '../../../../objects/ids.ts';
import type { Server } from '../../../../objects/server.ts';
import type { LiveMigrateServer } from '../../../../operations/workflows.ts';
import { ComputeHostDown } from '../../../errors.ts';
import type { WorkflowDeps } from '../../deps.ts';
import { type Attaching, noAttachments } from '../../steps/moved-volumes.ts';
import { inTransaction } from '../../steps/server-record.ts';
import { isUp, workOnHost } from '../../steps/work-on-host.ts';

/** The two ends of a live migration. */
export interface Ends {
  readonly serverId: ServerId;
  readonly source: HostName;
  readonly destination: HostName;
}

/**
 * Ends the migration of a guest, if it is still going on, and finds out which of the two hosts has it. The source knows, unless it is
 * down; then the destination tells whether the guest has arrived. While neither can tell this fails as unavailable.
 */
export async function whereGuestIs(deps: WorkflowDeps, w: StepContext, { serverId, source, destination }: Ends): Promise<HostName> {
  try {
    const isHere = await workOnHost(deps, w, source, (taskId) => deps.compute.stayHere(w.ctx, { host: source, taskId, serverId }));
    return isHere ? source : destination;
  } catch (error) {
    if (!ComputeHostDown.is(error)) throw error;
    return (await deps.compute.hasArrived(w.ctx, { host: destination, serverId })) ? destination : source;
  }
}

/**
 * The server while its live migration is undone, or undefined if a delete has taken it over, which cleans up on both hosts. No other work
 * runs before this has ended, so the undo acts even if somebody else holds the server by now.
 */
export async function serverToTidy(deps: WorkflowDeps, serverId: ServerId, workflowId: string): Promise<Server | undefined> {
  const server = await findServer(deps.db, serverId);
  const isDeleted = server?.taskState === 'deleting' && server.workflowId !== workflowId;
  return server && server.vmState !== 'deleted' && !isDeleted ? server : undefined;
}

/** Of the two ends the one that the server is not on: what the move left there goes. */
export const otherEnd = (server: Server, { source, destination }: Omit<Ends, 'serverId'>): HostName =>
  server.host === destination ? source : destination;

/** Lets the record follow a guest that has gone to its new host although its migration is undone. */
export async function recordArrival(
  deps: WorkflowDeps,
  w: StepContext,
  { serverId, flavor, attachments: { there: holds } = noAttachments }: LiveMigrateServer & Attaching,
  to: HostName,
): Promise<void> {
  await inTransaction(deps, (trx) => followGuest(trx, { serverId, workflowId: w.workflowId, to, flavor, holds, more: {} }));
  await deps.networking.turnTo(w.ctx, { serverId, host: to, fence: w.fence });
}

/**
 * Makes a guest that has arrived one like all others of its host, with the console log that it left behind. The guest runs with or without
 * that, so a failure is only logged.
 */
export async function welcomeGuest(deps: WorkflowDeps, w: StepContext, ends: Ends, guest: MovedGuest): Promise<void> {
  const { serverId, source, destination } = ends;
  const given = (error: unknown) => deps.log.warn({ serverId, error: messageOf(error) }, 'a guest that has arrived lacks its console log');
  const console = (await isUp(deps, source))
    ? await deps.compute.leftConsole(w.ctx, { host: source, serverId }).catch((error: unknown) => {
        given(error);
        return '';
      })
    : '';
  await deps.compute.welcomeGuest(w.ctx, { host: destination, guest, console }).catch(given);
}
