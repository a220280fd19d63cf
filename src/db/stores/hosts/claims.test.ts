import type { CellDb } from '../../sql/queries.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleFlavor, sampleServer } from '../../../../test/support/sample-server.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { plantPlacement, usedOf } from '../../../../test/support/server-placements.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { demandOf } from '../../../objects/demand.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import { openDatabase } from '../../connect/open.ts';
import { placeServer } from './claims.ts';
import { saveHostReports } from './hosts.ts';
import type { AllocationRules } from './inventories.ts';
import { releasePlacements } from './placements.ts';
import { beat, deleteService, findService } from './services.ts';
import { hostUsage } from '../../../books/invariants/host-usage.ts';
import { findServer } from '../servers/cached-servers.ts';

const ids = seededIds();
interface Demand {
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
}
const one: Demand = { vcpus: 1, ramMb: 512, diskGb: 2 };
const plain: AllocationRules = { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 };

let database: TestDatabase;
/** More connections than a test has by default, so that claims really compete. */
let crowd: { db: CellDb; close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  crowd = await openDatabase({ url: database.url, poolSize: 25, log: silentLog, applicationName: 'claims' });
});
afterAll(async () => {
  await crowd?.close();
  await database?.drop();
});

/** Checks that the counters are the sums over the allocations. */
afterEach(async () => {
  expect(await hostUsage.find(database.db)).toEqual([]);
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

/** The host of a server's claim, if it has one. */
const claimedHost = async (serverId: ServerId): Promise<string | undefined> =>
  (await database.db.selectFrom('placements').select('host').where('server_id', '=', serverId).executeTakeFirst())?.host;

/** Servers of this size, held by the workflow `w-1`. */
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

const used = (name: HostName) => usedOf(database.db, name);

test('of a hundred servers placed at once on a host with room for ten, ten are placed', async () => {
  const name = await host({ memoryMb: 5_120 });
  const wanted = await servers(100);
  const placed = await Promise.all(wanted.map((serverId) => place(serverId, name)));
  expect(placed.filter((outcome) => outcome === 'placed')).toHaveLength(10);
  expect(placed.filter((outcome) => outcome === 'full')).toHaveLength(90);
  expect(await used(name)).toEqual({ VCPU: 10, MEMORY_MB: 5_120, DISK_GB: 20 });
});

test('concurrent releases free the room, and a repeated release is a no-op', async () => {
  const name = await host({ vcpus: 10 });
  const wanted = await servers(11);
  const all = await Promise.all(wanted.map(async (serverId) => ((await isPlaced(serverId, name)) ? serverId : null)));
  const taken = all.filter((id) => id !== null);
  const [left] = wanted.filter((id) => !taken.includes(id));
  await Promise.all([...taken, ...taken].map((serverId) => releasePlacements(crowd.db, serverId)));
  expect(await used(name)).toEqual({ VCPU: 0, MEMORY_MB: 0, DISK_GB: 0 });
  expect(left && (await isPlaced(left, name))).toBe(true);
});

test('a member of a group is told whether its policy or the host’s room refuses it', async () => {
  const [taken, full, free] = [await host({}), await host({ vcpus: 1 }), await host({})];
  const [first, second, stranger] = await servers(3);
  if (!first || !second || !stranger) throw new Error('unreachable: three were made');
  const group = { id: ids.uuid(), project_id: 'p', user_id: 'u', name: 'g', policy: 'anti-affinity', max_server_per_host: null } as const;
  await database.db.insertInto('server_groups').values(group).execute();
  const members = [first, second].map((server_id) => ({ server_id, group_id: group.id }));
  await database.db.insertInto('server_group_members').values(members).execute();
  expect([await place(first, taken), await place(stranger, full)]).toEqual(['placed', 'placed']);
  expect(await place(second, taken)).toBe('against-group');
  expect(await place(second, full)).toBe('full');
  expect(await place(second, free)).toBe('placed');
});

test('a server that does not exist is lost', async () => {
  expect(await place(asId<ServerId>(ids.uuid()), await host({}))).toBe('lost');
});

test('concurrent claims and releases keep the counters right', async () => {
  const name = await host({ vcpus: 3 });
  const wanted = await servers(20);
  await Promise.all(
    wanted.map(async (serverId) => {
      for (let round = 0; round < 5; round += 1) if (await isPlaced(serverId, name)) await releasePlacements(crowd.db, serverId);
    }),
  );
  expect(await used(name)).toEqual({ VCPU: 0, MEMORY_MB: 0, DISK_GB: 0 });
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

test('a repeated claim counts as placed and is not counted twice; on another host it is refused', async () => {
  const [name, other] = [await host({}), await host({})];
  const [serverId = asId<ServerId>('')] = await servers(1);
  const taken = [];
  for (const where of [name, name, other]) taken.push(await isPlaced(serverId, where));
  expect(taken).toEqual([true, true, false]);
  expect(await claimedHost(serverId)).toBe(name);
  expect((await used(name)).VCPU).toBe(1);
});

test('a server is placed once, however many attempts run at once, and only by the workflow that holds it', async () => {
  const name = await host({});
  const [serverId = asId<ServerId>('')] = await servers(1);
  expect(await place(serverId, name, 'w-2')).toBe('lost');
  expect(await claimedHost(serverId)).toBeUndefined();
  const placed = await Promise.all(Array.from({ length: 20 }, () => place(serverId, name)));
  expect(placed).toEqual(placed.map(() => 'placed'));
  expect(await findServer(database.db, serverId)).toMatchObject({ host: name, node: name, zone: 'nova', taskState: 'networking' });
  expect((await used(name)).VCPU).toBe(1);
});

test('nothing can be claimed on an unknown host', async () => {
  const [serverId = asId<ServerId>('')] = await servers(1);
  expect(await place(serverId, asId<HostName>('nowhere'))).toBe('full');
  expect(await claimedHost(serverId)).toBeUndefined();
});

test("a host's report does not change its claims", async () => {
  const name = await host({ vcpus: 4 });
  const [serverId = asId<ServerId>('')] = await servers(1);
  await place(serverId, name);
  const report = { host: name, node: name, hostIp: '::1', vcpus: 2, memoryMb: 1, localGb: 1, hypervisorType: 'fake', hypervisorVersion: 2 };
  await saveHostReports(database.db, [{ ...report, cpuInfo: {}, supportedInstances: [] }], plain, ids);
  expect((await used(name)).VCPU).toBe(1);
});

test.each<Partial<Flavor>>([
  { vcpus: 3, ramMb: 700, rootGb: 5, ephemeralGb: 2, swapMb: 0 },
  { vcpus: 1, ramMb: 1, rootGb: 0, ephemeralGb: 0, swapMb: 1 },
  { vcpus: 2, ramMb: 64, rootGb: 1, ephemeralGb: 0, swapMb: 2_049 },
  { vcpus: 1, ramMb: 64, rootGb: 0, ephemeralGb: 0, swapMb: 0 },
])('what is allocated is what the flavor says, and nothing of what it does not want: %o', async (size) => {
  const name = await host({});
  const flavor = { ...sampleFlavor, ...size };
  const { id } = await database.db.transaction().execute((trx) => insertServer(trx, sampleServer({ flavor }), 'w-1'));
  await place(id, name);
  const allocated = await database.db
    .selectFrom('allocations')
    .innerJoin('placements', 'placements.id', 'allocations.placement_id')
    .select(['resource_class', 'amount'])
    .where('server_id', '=', id)
    .execute();
  const wanted = Object.entries(demandOf({ flavor, image: null })).filter(([, amount]) => amount > 0);
  expect(Object.fromEntries(allocated.map(({ resource_class, amount }) => [resource_class, amount]))).toEqual(Object.fromEntries(wanted));
});

type Written = Readonly<Record<string, Readonly<Record<'inserted' | 'updated' | 'deleted', number>>>>;

async function ofSession(trx: CellDb) {
  const { rows } = await sql<{ name: string; inserted: number; updated: number; deleted: number }>`
    SELECT relname AS name, n_tup_ins::int AS inserted, n_tup_upd::int AS updated, n_tup_del::int AS deleted
    FROM pg_stat_xact_user_tables`.execute(trx);
  return rows;
}

/** Rows that a piece of work writes, by table. */
async function writtenBy(work: (trx: CellDb) => Promise<unknown>): Promise<Written> {
  return await database.db.transaction().execute(async (trx) => {
    const before = new Map((await ofSession(trx)).map((row) => [row.name, row]));
    await work(trx);
    const done = (await ofSession(trx)).map(({ name, inserted, updated, deleted }) => {
      const was = before.get(name) ?? { inserted: 0, updated: 0, deleted: 0 };
      return [name, { inserted: inserted - was.inserted, updated: updated - was.updated, deleted: deleted - was.deleted }] as const;
    });
    return Object.fromEntries(done.filter(([, { inserted, updated, deleted }]) => inserted + updated + deleted > 0));
  });
}

test('a claim and a release write few rows, and record the changed host once', async () => {
  const name = await host({ vcpus: 2 });
  const [serverId = asId<ServerId>('')] = await servers(1);
  const [tooLarge = asId<ServerId>('')] = await servers(1, { ...one, vcpus: 3 });
  const claim = (trx: CellDb, id: ServerId) => placeServer(trx, { serverId: id, host: name, workflowId: 'w-1' });
  const none = { inserted: 0, updated: 0, deleted: 0 };
  expect(await writtenBy((trx) => claim(trx, tooLarge))).toEqual({});
  expect(await writtenBy((trx) => claim(trx, serverId))).toEqual({
    servers: { ...none, updated: 1 },
    placements: { ...none, inserted: 1 },
    allocations: { ...none, inserted: 3 },
    inventories: { ...none, updated: 3 },
    host_changes: { ...none, updated: 1 },
  });
  expect(await writtenBy((trx) => releasePlacements(trx, serverId))).toEqual({
    placements: { ...none, deleted: 1 },
    allocations: { ...none, deleted: 3 },
    inventories: { ...none, updated: 3 },
    host_changes: { ...none, updated: 1 },
  });
});

test('a server that moves to a host has a placement there, and cannot also be booted there', async () => {
  const name = await host({ vcpus: 2 });
  const [coming = asId<ServerId>(''), other = asId<ServerId>('')] = await servers(2, { ...one, vcpus: 2 });
  await plantPlacement(database.db, { serverId: coming, host: name, role: 'incoming', workflowId: 'w-1' });
  expect(await place(other, name)).toBe('full');
  expect(await place(coming, name)).toBe('full');
});

test('the placements of a server are released on all hosts at once, or on one of them', async () => {
  const [here, there] = [await host({}), await host({})];
  const [serverId = asId<ServerId>('')] = await servers(1);
  await place(serverId, here);
  await plantPlacement(database.db, { serverId, host: there, role: 'incoming', workflowId: 'w-1' });
  await releasePlacements(database.db, serverId, { host: there });
  expect([(await used(here)).VCPU, (await used(there)).VCPU]).toEqual([1, 0]);
  await plantPlacement(database.db, { serverId, host: there, role: 'outgoing', workflowId: 'w-1' });
  await releasePlacements(database.db, serverId);
  expect([(await used(here)).VCPU, (await used(there)).VCPU]).toEqual([0, 0]);
  expect(await claimedHost(serverId)).toBeUndefined();
});

test('a server has one current host, and no role on a host twice', async () => {
  const [here, there] = [await host({}), await host({})];
  const [serverId = asId<ServerId>('')] = await servers(1);
  await place(serverId, here);
  await expect(plantPlacement(database.db, { serverId, host: there, role: 'current' })).rejects.toThrow('placements_one_current');
  await plantPlacement(database.db, { serverId, host: here, role: 'outgoing' });
  await expect(plantPlacement(database.db, { serverId, host: here, role: 'outgoing' })).rejects.toThrow(
    'placements_server_id_host_role_key',
  );
});

test('concurrent work on the same hosts never deadlocks', async () => {
  const names = [await host({}), await host({})];
  const wanted = await servers(20);
  const report = (vcpus: number) =>
    names.map((name) => ({
      host: name,
      node: name,
      hostIp: '::1',
      vcpus,
      memoryMb: 900_000 + vcpus,
      localGb: 90_000 + vcpus,
      hypervisorType: 'fake',
      hypervisorVersion: 1,
      cpuInfo: {},
      supportedInstances: [],
    }));
  const reporting = async (first: number) => {
    for (let n = 0; n < 20; n += 1) await saveHostReports(crowd.db, n % 2 ? report(first + n) : report(first + n).reverse(), plain, ids);
  };
  const living = wanted.map(async (serverId, n) => {
    for (let round = 0; round < 8; round += 1) {
      await place(serverId, names[(n + round) % 2] ?? asId<HostName>(''));
      await releasePlacements(crowd.db, serverId);
    }
  });
  const deleting = async () => {
    const service = await findService(crowd.db, { binary: 'nova-compute', host: names[0] ?? '' });
    for (let n = 0; n < 60; n += 1)
      if (service) await crowd.db.transaction().execute(async (trx) => (await deleteService(trx, service)) && beatAgain(trx, service));
  };
  await Promise.all([reporting(100), reporting(300), deleting(), ...living]);
});

/** Brings a deleted service back. */
const beatAgain = (db: Parameters<typeof beat>[0], { id, host: of }: { id: string; host: string }) =>
  beat(db, [{ id, binary: 'nova-compute', host: of, zone: 'nova' }]);
