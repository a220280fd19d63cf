/** Volumes for the servers of a simulated cloud. */
import { isDeepStrictEqual } from 'node:util';
import { insertVolume } from '../../src/db/stores/volume/volumes.ts';
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
