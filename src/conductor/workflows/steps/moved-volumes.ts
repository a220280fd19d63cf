/**
 * The volumes of a server that changes its host. Each is held twice for a while: by its attachment on the host that the server leaves, and
 * by a second one, with a connection of its own, on the host that it comes to. Which of them its record names follows the server.
 */
import type { Context } from '../../../lib/context/context.ts';
import type { Step, StepContext } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { VolumeHold } from '../../../objects/server-volume.ts';
import type { WorkflowDeps } from '../deps.ts';
import { heldServer, isHeld } from './server-record.ts';
import { destroyGuest } from './spawn-guest.ts';
import { ignoringNoGuest } from './undo-on-host.ts';
import { completeVolumes, equipGuest } from './volumes-of-guest.ts';
import { isUp } from './work-on-host.ts';

/** The attachments of the server's volumes on both ends of a move. */
export interface Attachments {
  readonly here: readonly VolumeHold[];
  readonly there: readonly VolumeHold[];
}

/** Those of a move that an earlier revision began: its server has no volumes. */
export const noAttachments: Attachments = { here: [], there: [] };

interface Moving {
  readonly serverId: ServerId;
  /** The host that the server leaves. */
  readonly host: HostName;
}

interface Claimed extends Moving {
  /** The host that it comes to. */
  readonly claim: { readonly host: HostName };
}

/** A move whose attachments are chosen. */
export interface Attaching {
  readonly attachments: Attachments;
}

/** Chooses the attachments of a server's volumes on another host. They are in the log before they are made, so that each is made once. */
export async function chooseAttachments(
  deps: Pick<WorkflowDeps, 'db' | 'ids'>,
  w: StepContext,
  { serverId, changesHost }: { readonly serverId: ServerId; readonly changesHost: boolean },
): Promise<Attachments> {
  const { volumes } = await heldServer(deps, serverId, w.workflowId);
  const here = volumes.map(({ volumeId, attachmentId }) => ({ volumeId, attachmentId }));
  return { here, there: changesHost ? here.map(({ volumeId }) => ({ volumeId, attachmentId: deps.ids.uuid() })) : here };
}

/** The same as a step of a move to the host of its claim. */
export const attachmentsThere = (deps: WorkflowDeps): Step<Claimed, Attachments> => ({
  do: ({ serverId, host, claim }, w) => chooseAttachments(deps, w, { serverId, changesHost: claim.host !== host }),
});

/** Takes the volumes for the host that the server comes to, beside its hold on them. */
export async function reserveThere(deps: WorkflowDeps, ctx: Context, serverId: ServerId, { there }: Attachments): Promise<void> {
  for (const hold of there) await deps.volumes.reserve(ctx, { ...hold, serverId });
}

/** Ends connections for certain, before other ones may write: a host that does not answer may still have the guest. */
export async function fence(deps: Pick<WorkflowDeps, 'volumes'>, ctx: Context, holds: readonly VolumeHold[]): Promise<void> {
  for (const { attachmentId } of holds) await deps.volumes.fence(ctx, attachmentId);
}

/** Holds the volumes on both ends; the undo gives those back that hold them there, and has the guest that was left find its volumes again. */
export const holdOnBothEnds = (deps: WorkflowDeps): Step<Claimed & Attaching, void> => ({
  do: ({ serverId, attachments }, w) => reserveThere(deps, w.ctx, serverId, attachments),
  undo: (move, w) => regain(deps, w, move),
});

/** Undoes a second hold. A host that was down when its guest was to be destroyed may be up again, and still have it: it is told once more. */
export async function regain(
  deps: WorkflowDeps,
  w: StepContext,
  { serverId, host, claim, attachments }: Claimed & Attaching,
): Promise<void> {
  if (!(await isHeld(deps, serverId, w.workflowId))) return;
  if (attachments.there.length > 0 && claim.host !== host && !(await destroyGuest(deps, w, claim.host, serverId)))
    await fence(deps, w.ctx, attachments.there);
  const server = await heldServer(deps, serverId, w.workflowId);
  const lost: VolumeHold[] = [];
  for (const hold of server.volumes) if (!(await deps.volumes.isAttached(w.ctx, hold.attachmentId))) lost.push(hold);
  for (const { volumeId, attachmentId } of lost) await deps.volumes.reserve(w.ctx, { volumeId, attachmentId, serverId });
  // On a host that is down they stay reserved: its guest gets them when somebody starts it.
  if (lost.length > 0 && (await isUp(deps, host))) await ignoringNoGuest(equipGuest(deps, w, server, host));
  await leaveOthers(deps, w.ctx, server);
}

/** The guest has its volumes by the attachments that the record names: all others of the server end. */
export const leaveVolumes = (deps: WorkflowDeps): Step<Moving, null> => ({
  do: async ({ serverId }, w) => {
    const server = await heldServer(deps, serverId, w.workflowId);
    await completeVolumes(deps, w.ctx, server);
    await leaveOthers(deps, w.ctx, server);
    return null;
  },
});

/** Gives back the attachments that a server's record does not name. */
export const leaveOthers = (
  { volumes: service }: Pick<WorkflowDeps, 'volumes'>,
  ctx: Context,
  { id: serverId, volumes }: { readonly id: ServerId; readonly volumes: readonly VolumeHold[] },
): Promise<void> => service.releaseOthers(ctx, { serverId, attachmentIds: volumes.map(({ attachmentId }) => attachmentId) });
