import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleFlavor, sampleServer } from '../../../../test/support/sample-server.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import { silentLog } from '../../../lib/log/log.ts';
import type { Demand } from '../../../objects/flavor.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import { openDatabase } from '../../connect/open.ts';
import type { Database } from '../../schema/index.ts';
import { placeServer, releaseClaim } from './claims.ts';
import { type AllocationRules, saveHostReports } from './hosts.ts';
import { beat } from './services.ts';
import { findServer } from '../servers/servers.ts';

const ids = seededIds();
const one: Demand = { vcpus: 1, ramMb: 512, diskGb: 2 };
const plain: AllocationRules = { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 };

let database: TestDatabase;
/** More connections than a test is given, so that claims really meet. */
let crowd: { db: Kysely<Database>; close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  crowd = await openDatabase({ url: database.url, poolSize: 25, log: silentLog, applicationName: 'claims' });
});
afterAll(async () => {
  await crowd?.close();
  await database?.drop();
});

/** The counters are the sums over the claims, whatever happened. */
afterEach(async () => {
  const { rows } = await sql`
    SELECT node.host FROM compute_nodes AS node LEFT JOIN claims ON claims.host = node.host GROUP BY node.id
    HAVING node.vcpus_used <> coalesce(sum(claims.vcpus), 0) OR node.memory_mb_used <> coalesce(sum(claims.memory_mb), 0)
      OR node.local_gb_used <> coalesce(sum(claims.local_gb), 0)`.execute(database.db);
  expect(rows).toEqual([]);
});

async function host(capacity: { vcpus?: number; memoryMb?: number; localGb?: number }, rules: Partial<AllocationRules> = {}) {
  const name = asId<HostName>(`host-${ids.hex(4)}`);
  const report = {
    host: name,
    node: name,
    hostIp: '10.0.0.1',
    vcpus: 1_000,
    memoryMb: 1_000_000,
    localGb: 100_000,
    hypervisorType: 'fake',
    hypervisorVersion: 1,
    cpuInfo: {},
    supportedInstances: [],
    ...capacity,
  };
  await saveHostReports(database.db, [report], { ...plain, ...rules }, ids);
  await beat(database.db, [{ id: ids.uuid(), binary: 'nova-compute', host: name, zone: 'nova' }]);
  return name;
}

/** Where a server's claim is, if it has one. */
const claimedHost = async (serverId: ServerId): Promise<string | undefined> =>
  (await database.db.selectFrom('claims').select('host').where('server_id', '=', serverId).executeTakeFirst())?.host;

/** Servers that want so much, in the hands of the workflow `w-1`. */
const servers = (count: number, { vcpus, ramMb, diskGb }: Demand = one): Promise<ServerId[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const wanted = sampleServer({ flavor: { ...sampleFlavor, vcpus, ramMb, rootGb: diskGb } });
      const { id } = await database.db.transaction().execute((trx) => insertServer(trx, wanted, 'w-1'));
      return id;
    }),
  );

const place = (serverId: ServerId, name: HostName, workflowId = 'w-1') => placeServer(crowd.db, { serverId, host: name, workflowId });

const isPlaced = async (serverId: ServerId, name: HostName): Promise<boolean> => (await place(serverId, name)) === 'placed';

const usedOf = async (name: HostName) =>
  await database.db
    .selectFrom('compute_nodes')
    .select(['vcpus_used', 'memory_mb_used', 'local_gb_used'])
    .where('host', '=', name)
    .executeTakeFirstOrThrow();

test('of a hundred servers placed at once on a host with room for ten, ten are placed', async () => {
  const name = await host({ memoryMb: 5_120 });
  const wanted = await servers(100);
  const placed = await Promise.all(wanted.map((serverId) => place(serverId, name)));
  expect(placed.filter((outcome) => outcome === 'placed')).toHaveLength(10);
  expect(placed.filter((outcome) => outcome === 'full')).toHaveLength(90);
  expect(await usedOf(name)).toEqual({ vcpus_used: 10, memory_mb_used: 5_120, local_gb_used: 20 });
});

test('what is released at once is free at once, and released once however often it is asked for', async () => {
  const name = await host({ vcpus: 10 });
  const wanted = await servers(11);
  const all = await Promise.all(wanted.map(async (serverId) => ((await isPlaced(serverId, name)) ? serverId : null)));
  const taken = all.filter((id) => id !== null);
  const [left] = wanted.filter((id) => !taken.includes(id));
  await Promise.all([...taken, ...taken].map((serverId) => releaseClaim(crowd.db, serverId)));
  expect(await usedOf(name)).toEqual({ vcpus_used: 0, memory_mb_used: 0, local_gb_used: 0 });
  expect(left && (await isPlaced(left, name))).toBe(true);
});

test('claims and releases in the midst of each other leave the books right', async () => {
  const name = await host({ vcpus: 3 });
  const wanted = await servers(20);
  await Promise.all(
    wanted.map(async (serverId) => {
      for (let round = 0; round < 5; round += 1) if (await isPlaced(serverId, name)) await releaseClaim(crowd.db, serverId);
    }),
  );
  expect(await usedOf(name)).toEqual({ vcpus_used: 0, memory_mb_used: 0, local_gb_used: 0 });
});

test.each<[string, Parameters<typeof host>[0], Partial<AllocationRules>, Demand, boolean]>([
  ['the last CPU', { vcpus: 1 }, {}, one, true],
  ['one CPU more than there is', { vcpus: 0 }, {}, one, false],
  ['a CPU that is promised twice', { vcpus: 1 }, { cpuAllocationRatio: 2 }, { ...one, vcpus: 2 }, true],
  ['one more than promised', { vcpus: 1 }, { cpuAllocationRatio: 2 }, { ...one, vcpus: 3 }, false],
  ['the last MB', { memoryMb: 512 }, {}, one, true],
  ['a MB that the host keeps for itself', { memoryMb: 512 }, { reservedMemoryMb: 1 }, one, false],
  ['the last GB', { localGb: 2 }, {}, one, true],
  ['half of the disk', { localGb: 2 }, { diskAllocationRatio: 0.5 }, one, false],
  ['nothing at all', { vcpus: 0, memoryMb: 0, localGb: 0 }, {}, { vcpus: 0, ramMb: 0, diskGb: 0 }, true],
])('a claim of %s', async (_what, capacity, rules, demand, expected) => {
  const name = await host(capacity, rules);
  const [serverId] = await servers(1, demand);
  expect(serverId && (await isPlaced(serverId, name))).toBe(expected);
});

test('a claim that the server has already counts as taken and is not counted twice; elsewhere it is refused', async () => {
  const [name, other] = [await host({}), await host({})];
  const [serverId = asId<ServerId>('')] = await servers(1);
  const taken = [];
  for (const where of [name, name, other]) taken.push(await isPlaced(serverId, where));
  expect(taken).toEqual([true, true, false]);
  expect(await claimedHost(serverId)).toBe(name);
  expect((await usedOf(name)).vcpus_used).toBe(1);
});

test('a server is placed with its claim, once however often at once, and only by who holds it', async () => {
  const name = await host({});
  const [serverId = asId<ServerId>('')] = await servers(1);
  expect(await place(serverId, name, 'w-2')).toBe('lost');
  expect(await claimedHost(serverId)).toBeUndefined();
  const placed = await Promise.all(Array.from({ length: 20 }, () => place(serverId, name)));
  expect(placed).toEqual(placed.map(() => 'placed'));
  expect(await findServer(database.db, serverId)).toMatchObject({ host: name, node: name, zone: 'nova', taskState: 'networking' });
  expect((await usedOf(name)).vcpus_used).toBe(1);
});

test('there is nothing to claim on a host that nobody knows', async () => {
  const [serverId = asId<ServerId>('')] = await servers(1);
  expect(await place(serverId, asId<HostName>('nowhere'))).toBe('full');
  expect(await claimedHost(serverId)).toBeUndefined();
});

test('what a host reports of itself leaves its claims alone', async () => {
  const name = await host({ vcpus: 4 });
  const [serverId = asId<ServerId>('')] = await servers(1);
  await place(serverId, name);
  const report = { host: name, node: name, hostIp: '::1', vcpus: 2, memoryMb: 1, localGb: 1, hypervisorType: 'fake', hypervisorVersion: 2 };
  await saveHostReports(database.db, [{ ...report, cpuInfo: {}, supportedInstances: [] }], plain, ids);
  expect((await usedOf(name)).vcpus_used).toBe(1);
});
