import { sql } from 'kysely';
import { startEmbeddedPostgres } from '../src/db/embedded/start.ts';
import { openDatabase } from '../src/db/connect/open.ts';
import { systemClock } from '../src/lib/clock/clock.ts';
import { silentLog } from '../src/lib/log/log.ts';
import { type BenchCloud, newStateDir, removeStateDir, startCloud } from './cloud.ts';
import { insist, paceOf, run } from './load.ts';
import { read } from './read.ts';
import { act, boot, hostOf, imageAndNetwork } from './servers.ts';
import { insertServers } from './simulated-hosts.ts';
import { type Figure, figure, perSecond } from './table.ts';

// Measures the work on servers of a cloud with many simulated hosts, and lists with filters over many servers.

const HOSTS = 100;
const SERVERS = 200;
/** Servers that lists filter; rows without guests. */
const LISTED = 10_000;

/** All of it, on a cloud of its own. */
export async function paceOfOperations(): Promise<Figure[]> {
  const stateDir = await newStateDir();
  try {
    const cloud = await startCloud(stateDir, { hosts: HOSTS });
    try {
      return [...(await work(cloud)), ...(await lists(cloud, stateDir))];
    } finally {
      await cloud.stop();
    }
  } finally {
    await removeStateDir(stateDir);
  }
}

async function work(cloud: BenchCloud): Promise<Figure[]> {
  const common = await imageAndNetwork(cloud);
  const ids: string[] = [];
  const each = async (what: (id: string) => Promise<unknown>) => perSecond(paceOf(await run(ids.length, (n) => what(ids[n] ?? ''))));
  const boots = paceOf(await run(SERVERS, async (n) => ids.push(await boot(cloud, { name: `bench-${n}`, ...common }))));
  const used = new Set<string>();
  for (const id of ids) used.add(await hostOf(cloud, id));
  const larger = await largerFlavor(cloud);
  return [
    figure('spreadBoots', `boots over ${HOSTS} hosts, ${used.size} of them used`, perSecond(boots)),
    figure('rebuilds', 'rebuilds', await each((id) => act(cloud, id, { rebuild: { imageRef: common.imageRef } }, 'ACTIVE'))),
    figure(
      'liveMigrations',
      'live migrations',
      await each((id) => act(cloud, id, { 'os-migrateLive': { host: null, block_migration: 'auto' } }, 'ACTIVE')),
    ),
    figure(
      'resizes',
      'resizes, confirmed',
      await each(async (id) => {
        await act(cloud, id, { resize: { flavorRef: larger } }, 'VERIFY_RESIZE');
        await act(cloud, id, { confirmResize: null }, 'ACTIVE');
      }),
    ),
  ];
}

async function largerFlavor(cloud: BenchCloud): Promise<string> {
  const body = JSON.stringify({ flavor: { name: 'bench.larger', vcpus: 2, ram: 512, disk: 2 } });
  return JSON.parse(await insist(cloud.compute({ method: 'POST', path: '/flavors', body }))).flavor.id;
}

async function lists(cloud: BenchCloud, stateDir: string): Promise<Figure[]> {
  await withDatabase(stateDir, async (db) => {
    const { flavor } = await db.selectFrom('servers').select('flavor').limit(1).executeTakeFirstOrThrow();
    await insertServers(db, LISTED, { name: 'listed', flavor, vmState: 'active' });
    await sql`VACUUM ANALYZE servers`.execute(db);
  });
  // Ten servers have this in their names.
  const path = '/servers/detail?all_tenants=1&status=ACTIVE&name=listed-77.7&sort_key=display_name&limit=100';
  return [await read('filtered', `list with filters over ${LISTED} servers`, cloud.compute({ path }))];
}

type Db = Awaited<ReturnType<typeof openDatabase>>['db'];

/** Uses the database of the cloud, which is running. */
async function withDatabase(stateDir: string, use: (db: Db) => Promise<unknown>): Promise<void> {
  const server = await startEmbeddedPostgres({ stateDir, clock: systemClock, log: silentLog });
  const { db, close } = await openDatabase({ url: server.url, poolSize: 1, log: silentLog, applicationName: 'bench' });
  await use(db).finally(close);
}
