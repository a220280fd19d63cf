import { systemClock } from '../src/lib/clock/clock.ts';
import { type BenchCloud, newStateDir, removeStateDir, startCloud } from './cloud.ts';
import { ask, insist, type Pace, paceOf, type Question, run } from './load.ts';
import { familyPssMb } from './memory.ts';
import { openGenerator } from './generator.ts';
import { paceBesideRaw } from './raw.ts';
import { type Figure, figure } from './table.ts';
import type { yardsticks } from './yardsticks.ts';

// Measures a cloud in a process of its own: start, memory, and the life of servers.

const PAGE = 100;
/** Time for an idle cloud to settle. */
const SETTLE_MS = 3_000;
const REST_MS = 60_000;
/**
 * When and how often to poll whether a server has reached its state. Clients poll every second or two, which would dominate the
 * measurement. A server counts from when it was seen, so polling can only make figures worse.
 */
const FIRST_LOOK_MS = 150;
const LOOK_MS = 50;

/** All measurements of a cloud with this many servers. */
export async function paceOfCloud(servers: number): Promise<Figure[]> {
  const stateDir = await newStateDir();
  try {
    const first = await startCloud(stateDir);
    await first.stop();
    const warm = await startCloud(stateDir);
    try {
      return [
        ...(await idle(first, warm)),
        ...(await lifecycle(warm, servers)),
        ...(await memory('loadedMemory', 'after this load', warm)),
        ...(await afterRest(warm)),
      ];
    } finally {
      await warm.stop();
    }
  } finally {
    await removeStateDir(stateDir);
  }
}

async function idle(first: BenchCloud, warm: BenchCloud): Promise<Figure[]> {
  await systemClock.sleep(SETTLE_MS);
  return [
    figure('readyNew', 'ready, new state directory', { value: first.readySeconds, unit: 's' }),
    figure('readyUsed', 'ready, used state directory', { value: warm.readySeconds, unit: 's' }),
    ...(await memory('idleMemory', 'idle', warm)),
  ];
}

/** What is kept once the load is a minute ago. */
async function afterRest(cloud: BenchCloud): Promise<Figure[]> {
  await systemClock.sleep(REST_MS);
  return await memory('restedMemory', 'a minute later', cloud);
}

async function memory(kind: keyof typeof yardsticks, when: string, { pid }: BenchCloud): Promise<Figure[]> {
  const value = await familyPssMb(pid);
  return value === undefined ? [] : [figure(kind, `all processes with PostgreSQL, ${when}, PSS`, { value, unit: 'MB' })];
}

/** Boots servers, reads and deletes them. */
async function lifecycle(cloud: BenchCloud, servers: number): Promise<Figure[]> {
  const images = await insist({ url: `${cloud.url('image')}/v2/images?name=tiny`, headers: { 'x-auth-token': cloud.token } });
  const imageRef: string = JSON.parse(images).images[0].id;
  const network = await wideNetwork(cloud);
  const ids: string[] = [];
  const boots = paceOf(
    await run(servers, async (n) => ids.push(await boot(cloud, { name: `bench-${n}`, imageRef, networks: [{ uuid: network }] }))),
  );
  const show = cloud.compute({ path: `/servers/${ids[0]}` });
  const detail = cloud.compute({ path: `/servers/detail?limit=${PAGE}` });
  return [
    figure('boots', 'boots to ACTIVE', perSecond(boots)),
    await read('tokenCheck', 'check a token', cloud.tokenCheck),
    await read('show', 'show a server', show),
    await read('detail', `list ${Math.min(PAGE, servers)} of ${servers} servers in full`, detail),
    figure('deletes', 'deletes to gone', perSecond(paceOf(await run(ids.length, (n) => remove(cloud, ids[n] ?? ''))))),
  ];
}

const perSecond = ({ perSecond: value, p50Ms, p99Ms }: Pace) => ({ value, unit: '/s', p50Ms, p99Ms }) as const;

async function read(kind: keyof typeof yardsticks, what: string, question: Question): Promise<Figure> {
  const { shareOfRaw, ...pace } = await paceBesideRaw(await openGenerator(), question);
  return figure(kind, what, { ...perSecond(pace), shareOfRaw });
}

/** Creates a network with room for all servers; a new cloud's network is too small. */
async function wideNetwork(cloud: BenchCloud): Promise<string> {
  const make = async (kind: string, body: object): Promise<{ id: string }> =>
    JSON.parse(
      await insist({
        url: `${cloud.url('network')}/v2.0/${kind}s`,
        method: 'POST',
        headers: { 'x-auth-token': cloud.token, 'content-type': 'application/json' },
        body: JSON.stringify({ [kind]: body }),
      }),
    )[kind];
  const { id } = await make('network', { name: 'bench' });
  await make('subnet', { network_id: id, ip_version: 4, cidr: '10.64.0.0/16' });
  return id;
}

async function boot(cloud: BenchCloud, server: { name: string; imageRef: string; networks: object[] }): Promise<string> {
  const body = JSON.stringify({ server: { ...server, flavorRef: '42' } });
  const { id } = JSON.parse(await insist(cloud.compute({ method: 'POST', path: '/servers', body }))).server;
  await seen(async () => {
    const { status, fault } = JSON.parse(await insist(cloud.compute({ path: `/servers/${id}` }))).server;
    if (status === 'ERROR') throw new Error(`a boot failed: ${fault?.message}`);
    return status === 'ACTIVE';
  });
  return id;
}

async function remove(cloud: BenchCloud, id: string): Promise<void> {
  await insist(cloud.compute({ method: 'DELETE', path: `/servers/${id}` }));
  await seen(async () => (await ask(cloud.compute({ path: `/servers/${id}` }))).status === 404);
}

async function seen(look: () => Promise<boolean>): Promise<void> {
  await systemClock.sleep(FIRST_LOOK_MS);
  while (!(await look())) await systemClock.sleep(LOOK_MS);
}
