import { findServer } from '../../db/stores/servers/cached-servers.ts';
import type { Context } from '../../lib/context/context.ts';
import { growVolumeRef } from '../../operations/workflows.ts';
import { type BeginDeps, beginWorkOn } from './begin-work.ts';
import { ServerNotFound, ServerNotReady } from './errors.ts';

/**
 * Begins to let the guest of a server have what was added to one of its volumes; a no-op for one that is gone or has no guest.
 * @returns whether the server has the volume
 */
export async function followGrownVolume(
  deps: BeginDeps,
  ctx: Context,
  { serverId, volumeId }: { readonly serverId: string; readonly volumeId: string },
): Promise<boolean> {
  const server = await findServer(deps.db, serverId);
  if (!server?.volumes.some((one) => one.volumeId === volumeId)) return false;
  await beginWorkOn(deps, ctx, server.id, {
    transition: 'growVolume',
    action: 'extend_volume',
    workflow: growVolumeRef,
    inputOf: () => ({ serverId: server.id, volumeId }),
  }).catch((error: unknown) => {
    if (!ServerNotFound.is(error) && !ServerNotReady.is(error)) throw error;
  });
  return true;
}
