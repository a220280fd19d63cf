/** The volumes of servers whose guests are made anew, and of servers without a guest. */
import { contractOfHost } from '../../../db/stores/hosts/host-contract.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { GuestSpec } from '../../../objects/guest-spec.ts';
import type { GuestVolume } from '../../../objects/guest-volume.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import { ContractTooOld } from '../../../lib/rpc/messaging-errors.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { VolumeTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { type HostWorkDeps, workOnHost } from './work-on-host.ts';

/** Connects a server's volumes to the host on which its guest is made, which then has them from the start. */
export async function volumesForGuest(
  deps: Pick<WorkflowDeps, 'db' | 'volumes'>,
  ctx: Context,
  { volumes }: Pick<Server, 'volumes'>,
  host: HostName,
): Promise<Pick<GuestSpec, 'volumes'>> {
  if (volumes.length === 0) return {};
  const contract = await contractOfHost(deps.db, host);
  // An older host would make the guest without them.
  if (contract === undefined || contract < VOLUMES_SINCE)
    throw ContractTooOld({ topic: 'compute', message: 'spawn', speaks: contract ?? 0, needs: VOLUMES_SINCE });
  const connected: GuestVolume[] = [];
  for (const { attachmentId, volumeId, device, bootIndex } of volumes) {
    const volume = await deps.volumes.connect(ctx, { attachmentId, volumeId, host, device });
    if (!volume) throw VolumeTaken({ volumeId });
    connected.push(bootIndex === 0 ? { ...volume, isRoot: true } : volume);
  }
  return { volumes: connected };
}

/** Connects a server's volumes to its host, where its guest has them, by connections that hold, from its next start on. */
export async function equipGuest(
  deps: HostWorkDeps & Pick<WorkflowDeps, 'db' | 'volumes' | 'compute'>,
  w: StepContext,
  server: Pick<Server, 'id' | 'volumes'>,
  host: HostName,
): Promise<void> {
  const { volumes } = await volumesForGuest(deps, w.ctx, server, host);
  if (!volumes) return;
  await workOnHost(deps, w, host, (taskId) => deps.compute.setVolumes(w.ctx, { host, taskId, serverId: server.id, volumes }));
  await completeVolumes(deps, w.ctx, server);
}

/** The contract of compute hosts that make guests with volumes. */
const VOLUMES_SINCE = 4;

/** Notes that the guest which was made has the server's volumes. */
export async function completeVolumes(
  deps: Pick<WorkflowDeps, 'volumes'>,
  ctx: Context,
  { volumes }: Pick<Server, 'volumes'>,
): Promise<void> {
  for (const { attachmentId } of volumes) await deps.volumes.complete(ctx, attachmentId);
}

/**
 * The same for a guest that may be untouched: completing anew ends the offers that a volume had before it grew, which this guest may still
 * use if it could not follow.
 */
export async function completeNew(deps: Pick<WorkflowDeps, 'volumes'>, ctx: Context, { volumes }: Pick<Server, 'volumes'>): Promise<void> {
  for (const { attachmentId } of volumes)
    if (!(await deps.volumes.isAttached(ctx, attachmentId))) await deps.volumes.complete(ctx, attachmentId);
}

/** Ends the connections of a server without a guest, which keeps its volumes. */
export async function disconnectVolumes(
  deps: Pick<WorkflowDeps, 'volumes'>,
  ctx: Context,
  { volumes }: Pick<Server, 'volumes'>,
): Promise<void> {
  for (const { attachmentId } of volumes) await deps.volumes.disconnect(ctx, attachmentId);
}
