import { change } from '../db/change.ts';
import type { PlacedServer } from '../db/stores/servers/places.ts';
import type { CellDb } from '../db/sql/queries.ts';
import { lockServer } from '../db/stores/servers/servers.ts';
import type { Context } from '../lib/context/context.ts';
import { isBusy } from '../lib/workflow/busy.ts';
import { enqueue } from '../lib/workflow/enqueue.ts';
import type { HostName } from '../objects/ids.ts';
import { lifecycle } from '../operations/lifecycle.ts';
import { mendVolumeRef } from '../operations/workflows.ts';

/** The volumes that the guest of a placed server should have; undefined while work on the server may change them. */
export function volumesToHave({ role, server }: PlacedServer): string[] | undefined {
  const states: readonly string[] = lifecycle.attachVolume.from;
  if (role !== 'current' || server.taskState !== null || !states.includes(server.vmState)) return undefined;
  return server.volumes.map(({ volumeId }) => volumeId);
}

/**
 * Writes the work that makes a guest and the record agree about volumes, unless other work on the server is under way: its end may settle
 * the difference, and the host will look again. @returns the workflows
 */
export async function writeMending(
  ctx: Context,
  db: CellDb,
  { host, placed, volumeIds }: { readonly host: HostName; readonly placed: PlacedServer; readonly volumeIds: readonly string[] },
): Promise<readonly string[]> {
  const { id } = placed.server;
  return await change(ctx, { db, what: `server.mendVolumes ${id}` }, async ({ trx }) => {
    const server = await lockServer(trx, id);
    if (!server || volumesToHave({ ...placed, server }) === undefined || (await isBusy(trx, id))) return [];
    const written: string[] = [];
    for (const volumeId of volumeIds)
      written.push(await enqueue(trx, mendVolumeRef, { subject: id, ctx, input: { serverId: id, host, volumeId }, announced: true }));
    return written;
  });
}
