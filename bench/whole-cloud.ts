import { systemClock } from '../src/lib/clock/clock.ts';
import { type BenchCloud, newStateDir, removeStateDir, startCloud } from './cloud.ts';
import { paceOf, run } from './load.ts';
import { familyPssMb } from './memory.ts';
import { read } from './read.ts';
import { boot, imageAndNetwork, remove } from './servers.ts';
import { type Figure, figure, perSecond } from './table.ts';
import type { yardsticks } from './yardsticks.ts';

// Measures a cloud in a process of its own: start, memory, and the life of servers.

const PAGE = 100;
/** Time for an idle cloud to settle. */
const SETTLE_MS = 3_000;
const REST_MS = 60_000;

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
  const common = await imageAndNetwork(cloud);
  const ids: string[] = [];
  const boots = paceOf(await run(servers, async (n) => ids.push(await boot(cloud, { name: `bench-${n}`, ...common }))));
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
