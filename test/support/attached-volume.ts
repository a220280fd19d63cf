/** Volumes for the servers of a simulated cloud. */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { insertVolume } from '../../src/db/stores/volume/volumes.ts';
import type { Context } from '../../src/lib/context/context.ts';
import type { ServerId } from '../../src/objects/ids.ts';
import type { Server } from '../../src/objects/server.ts';
import type { ServerVolume } from '../../src/objects/server-volume.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';
import { VOLUME_HOST } from './simulated-volumes.ts';

/** Makes an empty volume of 1 GiB, of the project of the cloud's users unless it names another. */
export async function makeVolume(
  { db, volumes }: SimulatedCloud,
  id: string,
  { projectId = 'project-1', isMultiattach = false }: { readonly projectId?: string; readonly isMultiattach?: boolean } = {},
): Promise<void> {
  await volumes.driver.create({ volumeId: id, sizeGb: 1, source: { kind: 'empty' } }, { signal: new AbortController().signal });
  await db.transaction().execute(async (trx) => {
    await insertVolume(trx, {
      id,
      project_id: projectId,
      user_id: 'u',
      size_gb: 1,
      status: 'available',
      zone: 'nova',
      host: `${VOLUME_HOST}#fake`,
      is_multiattach: isMultiattach,
    });
  });
}

const ofBoot = { tag: null, isDeletedWithServer: false };

/** The volumes that a server boots with: it boots from the first, and the second goes with it. */
export const bootVolumes: readonly ServerVolume[] = [
  {
    ...ofBoot,
    id: '5e0e0000-0000-4000-8000-00000000001c',
    volumeId: '5e0e0000-0000-4000-8000-00000000001a',
    attachmentId: '5e0e0000-0000-4000-8000-00000000001b',
    device: '/dev/vda',
    bootIndex: 0,
  },
  {
    ...ofBoot,
    id: '5e0e0000-0000-4000-8000-00000000002c',
    volumeId: '5e0e0000-0000-4000-8000-00000000002a',
    attachmentId: '5e0e0000-0000-4000-8000-00000000002b',
    device: '/dev/vdb',
    isDeletedWithServer: true,
  },
];

/** Has the only server of the cloud list them, made and free, as an attempt to boot it may have left them. */
export async function listBootVolumes(cloud: SimulatedCloud): Promise<void> {
  const { db, volumes } = cloud;
  await db.deleteFrom('volume_attachments').execute();
  await db.deleteFrom('volumes').execute();
  for (const { volumeId, attachmentId } of bootVolumes) {
    await volumes.driver.disconnect(attachmentId);
    await makeVolume(cloud, volumeId);
  }
  await db
    .updateTable('servers')
    .set({ volumes: JSON.stringify(bootVolumes) })
    .execute();
}

/** Whether they are the server's, or nobody's; what is neither is told in full. */
export async function standingOfBootVolumes({ db, volumes, hosts }: SimulatedCloud, server: Server): Promise<unknown> {
  const statuses = (await db.selectFrom('volumes').select('status').orderBy('id').execute()).map(({ status }) => status);
  const attachments = (await db.selectFrom('volume_attachments').select('status').execute()).map(({ status }) => status);
  const exports = (await volumes.driver.list()).exports.length;
  const guests = await Promise.all(
    hosts.map(async (host) => ((await host.driver.listGuests()).length > 0 ? host.volumesOf(server.id) : [])),
  );
  const plugged = guests.flat().map(({ isRoot = false }) => isRoot);
  const now = { statuses, attachments, exports, plugged };
  const is = (wanted: typeof now) => isDeepStrictEqual(wanted, now);
  if (is({ statuses: ['in-use', 'in-use'], attachments: ['attached', 'attached'], exports: 2, plugged: [true, false] })) return 'taken';
  const free = { attachments: [], exports: 0, plugged: [] };
  const isGivenBack = server.volumes.length === 0 && is({ ...free, statuses: ['available', 'deleting'] });
  return isGivenBack || is({ ...free, statuses: ['available', 'available'] }) ? 'free' : now;
}

const given = {
  id: '5e0e0000-0000-4000-8000-00000000000c',
  volumeId: '5e0e0000-0000-4000-8000-00000000000a',
  attachmentId: '5e0e0000-0000-4000-8000-00000000000b',
  device: '/dev/vdb',
  tag: null,
  isDeletedWithServer: false,
};

/** Gives a server with a guest a volume, in place of those that it had. */
export async function giveVolume(cloud: SimulatedCloud, ctx: Context, serverId: ServerId): Promise<void> {
  const { db, deps, volumes } = cloud;
  await db.deleteFrom('volume_attachments').execute();
  await db.deleteFrom('volumes').execute();
  for (const { attachmentId } of await volumes.driver.exports()) await volumes.driver.disconnect(attachmentId);
  await makeVolume(cloud, given.volumeId);
  const { host } = await cloud.server(serverId);
  await deps.volumes.reserve(ctx, { ...given, serverId });
  const connected = host === null ? undefined : await deps.volumes.connect(ctx, { ...given, host });
  if (connected) await cloud.host(host).driver.setVolumes(serverId, [connected]);
  await deps.volumes.complete(ctx, given.attachmentId);
  await db
    .updateTable('servers')
    .set({ volumes: JSON.stringify([given]), updated_at: sql`now()` })
    .where('id', '=', serverId)
    .execute();
}

/**
 * The volumes of a server: whether its record, the volume service, the storage host and its guest agree on who has them; without the ids of
 * attachments, which change with its host.
 */
export async function volumesAgree(cloud: SimulatedCloud, serverId: ServerId) {
  const { host, volumes } = await cloud.server(serverId);
  const listed = volumes.map(({ attachmentId }) => attachmentId);
  const held = await cloud.db.selectFrom('volume_attachments').select(['id', 'status', 'attached_host']).execute();
  const guest = host === null ? [] : cloud.host(host).volumesOf(serverId);
  const same = (ids: readonly unknown[]) => ids.join() === listed.join();
  return {
    volumes: volumes.length,
    attachments: held.map(({ status, attached_host }) => `${status} ${attached_host === host ? 'here' : attached_host}`),
    service: same(held.map(({ id }) => id)),
    exports: same((await cloud.volumes.driver.exports()).map(({ attachmentId }) => attachmentId)),
    guest: same(guest.map(({ connection }) => connection.data['export'])),
  };
}

/** All agree, and the server's host has its one volume. */
export const oneVolumeHere = { volumes: 1, attachments: ['attached here'], service: true, exports: true, guest: true };
