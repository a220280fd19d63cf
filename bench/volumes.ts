import { systemClock } from '../src/lib/clock/clock.ts';
import { type BenchCloud, newStateDir, removeStateDir, startCloud } from './cloud.ts';
import { ask, insist, paceOf, type Question, run } from './load.ts';
import { boot, imageAndNetwork } from './servers.ts';
import { type Figure, figure, perSecond } from './table.ts';

// Measures how fast volumes are made, given to servers, taken from them and deleted, with simulated guests and storage.

const VOLUMES = 200;
/** Each gets its share of the volumes. */
const SERVERS = 20;
const LOOK_MS = 50;

/** All of it, on a cloud of its own. */
export async function paceOfVolumes(): Promise<Figure[]> {
  const stateDir = await newStateDir();
  try {
    const cloud = await startCloud(stateDir);
    try {
      return await measure(cloud);
    } finally {
      await cloud.stop();
    }
  } finally {
    await removeStateDir(stateDir);
  }
}

async function measure(cloud: BenchCloud): Promise<Figure[]> {
  await insist(volume(cloud, 'PUT', '/os-quota-class-sets/default', { quota_class_set: { volumes: -1, gigabytes: -1 } }));
  const common = await imageAndNetwork(cloud);
  const servers: string[] = [];
  await run(SERVERS, async (n) => servers.push(await boot(cloud, { name: `bench-${n}`, ...common })));
  const ids: string[] = [];
  const creates = await run(VOLUMES, async () => ids.push(await create(cloud)));
  const each = (what: (id: string, server: string) => Promise<void>) =>
    run(ids.length, (n) => what(ids[n] ?? '', servers[n % servers.length] ?? ''));
  const attaches = await each(async (id, server) => {
    const body = JSON.stringify({ volumeAttachment: { volumeId: id } });
    await insist(cloud.compute({ method: 'POST', path: `/servers/${server}/os-volume_attachments`, body }));
    await becomes(cloud, id, 'in-use');
  });
  const detaches = await each(async (id, server) => {
    await insist(cloud.compute({ method: 'DELETE', path: `/servers/${server}/os-volume_attachments/${id}` }));
    await becomes(cloud, id, 'available');
  });
  const deletes = await each(async (id) => {
    await insist(volume(cloud, 'DELETE', `/volumes/${id}`));
    await seen(async () => (await ask(volume(cloud, 'GET', `/volumes/${id}`))).status === 404);
  });
  return [
    figure('volumeCreates', 'volumes to available', perSecond(paceOf(creates))),
    figure('volumeAttaches', `volumes to in-use, on ${SERVERS} servers`, perSecond(paceOf(attaches))),
    figure('volumeDetaches', 'volumes to available again', perSecond(paceOf(detaches))),
    figure('volumeDeletes', 'volumes to gone', perSecond(paceOf(deletes))),
  ];
}

async function create(cloud: BenchCloud): Promise<string> {
  const { id } = JSON.parse(await insist(volume(cloud, 'POST', '/volumes', { volume: { size: 1 } }))).volume;
  await becomes(cloud, id, 'available');
  return id;
}

const becomes = (cloud: BenchCloud, id: string, wanted: string): Promise<void> =>
  seen(async () => {
    const { status } = JSON.parse(await insist(volume(cloud, 'GET', `/volumes/${id}`))).volume;
    if (status.startsWith('error')) throw new Error(`a volume is in ${status}`);
    return status === wanted;
  });

async function seen(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await systemClock.sleep(LOOK_MS);
}

const volume = (cloud: BenchCloud, method: string, path: string, body?: object): Question => ({
  url: `${cloud.url('volume')}/v3${path}`,
  method,
  headers: { 'x-auth-token': cloud.token, 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});
