import { systemClock } from '../src/lib/clock/clock.ts';
import { type BenchCloud, insist, newStateDir, removeStateDir, startCloud } from './cloud.ts';
import { ask, pace } from './load.ts';
import { familyPssMb } from './memory.ts';
import { paceOfRaw } from './raw.ts';
import { type Figure, tableOf } from './table.ts';

// How quick and how large a cloud is, beside a raw server on the same machine in the same run: npm run bench [-- --servers N] [--json]

/** Servers in the list, unless `--servers` says otherwise. */
const SERVERS = 200;
const READS = 2_000;
const PAGE = 100;
/** An idle cloud has settled by then. */
const SETTLE_MS = 3_000;
/** How often it is looked whether a server is where it should be. */
const POLL_MS = 20;

const argument = (name: string): string | undefined => process.argv[process.argv.indexOf(name) + 1];
const servers = process.argv.includes('--servers') ? Number(argument('--servers')) : SERVERS;

const stateDir = await newStateDir();
try {
  const first = await startCloud(stateDir);
  await first.stop();
  const figures = await measured(first, await startCloud(stateDir));
  console.log(process.argv.includes('--json') ? JSON.stringify(figures, null, 2) : tableOf(figures));
} finally {
  await removeStateDir(stateDir);
}

async function measured(first: BenchCloud, cloud: BenchCloud): Promise<Figure[]> {
  try {
    return [...(await idle(first, cloud)), ...(await lifecycle(cloud))];
  } finally {
    await cloud.stop();
  }
}

async function idle(first: BenchCloud, warm: BenchCloud): Promise<Figure[]> {
  await systemClock.sleep(SETTLE_MS);
  const memory = await familyPssMb(warm.pid);
  return [
    { what: 'ready, new state directory', value: first.readySeconds, unit: 's' },
    { what: 'ready, used state directory', value: warm.readySeconds, unit: 's' },
    ...(memory === undefined ? [] : [{ what: 'idle cloud with PostgreSQL, PSS', value: memory, unit: 'MB' as const }]),
  ];
}

/** Boots, reads, deletes: what is booted is what is read. */
async function lifecycle(cloud: BenchCloud): Promise<Figure[]> {
  const imageRef = JSON.parse(await insist({ url: `${cloud.url('image')}/v2/images?name=tiny`, headers: { 'x-auth-token': cloud.token } }))
    .images[0].id;
  const ids: string[] = [];
  const boots = await pace(servers, async (n) => ids.push(await boot(cloud, `bench-${n}`, imageRef)));
  const reads = [
    ...(await read(cloud, 'show a server', `/servers/${ids[0]}`, READS)),
    ...(await read(cloud, `list ${PAGE} servers in full`, `/servers/detail?limit=${PAGE}`, READS / 10)),
  ];
  const deletes = await pace(ids.length, (n) => remove(cloud, ids[n] ?? ''));
  return [
    { what: 'boots to ACTIVE', value: boots.perSecond, unit: '/s', p50Ms: boots.p50Ms, p99Ms: boots.p99Ms },
    ...reads,
    { what: 'deletes to gone', value: deletes.perSecond, unit: '/s', p50Ms: deletes.p50Ms, p99Ms: deletes.p99Ms },
  ];
}

/** One read, beside the raw server that hands out the same bytes. */
async function read(cloud: BenchCloud, what: string, path: string, count: number): Promise<Figure[]> {
  const question = cloud.compute({ path });
  const bytes = await insist(question);
  await pace(count / 10, () => ask(question));
  const ours = await pace(count, () => ask(question));
  const raw = await paceOfRaw(bytes, count);
  return [
    { what, value: ours.perSecond, unit: '/s', p50Ms: ours.p50Ms, p99Ms: ours.p99Ms, timesSlowerThanRaw: raw.perSecond / ours.perSecond },
  ];
}

async function boot(cloud: BenchCloud, name: string, imageRef: string): Promise<string> {
  const body = JSON.stringify({ server: { name, imageRef, flavorRef: '42', networks: 'auto' } });
  const { id } = JSON.parse(await insist(cloud.compute({ method: 'POST', path: '/servers', body }))).server;
  for (;;) {
    const { status, fault } = JSON.parse(await insist(cloud.compute({ path: `/servers/${id}` }))).server;
    if (status === 'ACTIVE') return id;
    if (status === 'ERROR') throw new Error(`a boot failed: ${fault?.message}`);
    await systemClock.sleep(POLL_MS);
  }
}

async function remove(cloud: BenchCloud, id: string): Promise<void> {
  await insist(cloud.compute({ method: 'DELETE', path: `/servers/${id}` }));
  while ((await ask(cloud.compute({ path: `/servers/${id}` }))).status !== 404) await systemClock.sleep(POLL_MS);
}
