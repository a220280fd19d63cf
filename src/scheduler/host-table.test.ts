import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { adoptRestoredChanges, NOTHING_SEEN, readHostChanges } from '../db/stores/hosts/host-changes.ts';
import { saveHostReports } from '../db/stores/hosts/hosts.ts';
import { addHost, insertAggregate, removeHost, updateAggregate } from '../db/stores/hosts/aggregates.ts';
import { placeServer } from '../db/stores/hosts/claims.ts';
import { releasePlacements } from '../db/stores/hosts/placements.ts';
import { insertServer } from '../../test/support/insert-server.ts';
import { sampleServer } from '../../test/support/sample-server.ts';
import { beat, changeService, deleteService, findService } from '../db/stores/hosts/services.ts';
import { asId, type HostName } from '../objects/ids.ts';
import { resourceClass } from '../objects/resources.ts';
import type { CellDb } from '../db/sql/queries.ts';
import { HostTable } from './host-table.ts';
import type { HostState } from './host-state.ts';

const rules = { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 };
const DOWN_AFTER_SECONDS = 60;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
afterEach(async () => {
  for (const table of ['compute_nodes', 'services'] as const) await database.db.deleteFrom(table).execute();
});

const newTable = () => new HostTable(database.db, { downAfterSeconds: DOWN_AFTER_SECONDS });

async function report(host: string, more: { vcpus?: number; uptime?: string } = {}): Promise<void> {
  const size = { vcpus: 8, memoryMb: 1_000, localGb: 100 };
  const kind = { hypervisorType: 'fake', hypervisorVersion: 1, cpuInfo: { arch: 'x86_64' }, supportedInstances: [] };
  const said = { host: asId<HostName>(host), node: host, hostIp: '192.0.2.1', ...size, ...kind, ...more };
  await saveHostReports(database.db, [said], rules, systemIds);
  await beat(database.db, [{ id: systemIds.uuid(), binary: 'nova-compute', host, zone: 'nova' }]);
}

const byName = (hosts: readonly HostState[]) =>
  [...hosts]
    .sort((a, b) => (a.host < b.host ? -1 : 1))
    .map(({ silentSeconds, ...host }) => ({ ...host, isSilent: silentSeconds !== undefined }));

/** A table that was updated incrementally equals one that is read afresh. */
async function expectCurrent(table: HostTable): Promise<readonly HostState[]> {
  const known = await table.current();
  expect(byName(known)).toEqual(byName(await newTable().current()));
  return known;
}

const nameOf = ({ host }: HostState): string => host;
const vcpusUsed = ({ inventories }: HostState): number => inventories[resourceClass.vcpu]?.used ?? 0;
const use = (db: CellDb, host: string, used: number) =>
  db.updateTable('inventories').set({ used }).where('host', '=', host).where('resource_class', '=', resourceClass.vcpu).execute();

test('hosts that come, change and go are known at the next look', async () => {
  const table = newTable();
  expect(await table.current()).toEqual([]);
  for (const name of ['a', 'b', 'c']) await report(name);
  expect((await expectCurrent(table)).map(nameOf).sort()).toEqual(['a', 'b', 'c']);
  await report('b', { vcpus: 16 });
  expect((await expectCurrent(table)).find(({ host }) => host === 'b')).toMatchObject({ vcpus: 16, freeVcpus: 16, up: true });
  for (const key of [
    { binary: 'nova-compute', host: 'a' },
    { binary: 'nova-compute', host: 'c' },
  ]) {
    const service = await findService(database.db, key);
    if (service) await database.db.transaction().execute((trx) => deleteService(trx, service));
    await expectCurrent(table);
  }
  expect((await table.current()).map(nameOf)).toEqual(['b']);
});

test.each([
  [
    'what is allocated',
    sql`UPDATE inventories SET used = CASE resource_class WHEN 'VCPU' THEN 3 ELSE 50 END`,
    { freeVcpus: 5, freeRamMb: 950, freeDiskGb: 50 },
  ],
  ['its ratio', sql`UPDATE inventories SET allocation_ratio = 2 WHERE resource_class = 'VCPU'`, { freeVcpus: 16 }],
  [
    'what it can run',
    sql`UPDATE compute_nodes SET supported_instances = '[["i686", "kvm", "hvm"]]'`,
    { supportedInstances: [['i686', 'kvm', 'hvm']] },
  ],
  ['its zone', sql`UPDATE services SET zone = 'west'`, { zone: 'west' }],
  [
    'what it measured',
    sql`UPDATE compute_nodes SET metrics = '{"cpu.percent": 7}', failed_builds = 2`,
    { metrics: { 'cpu.percent': 7 }, failedBuilds: 2 },
  ],
  [
    "its hypervisor's abilities",
    sql`UPDATE compute_nodes SET capabilities = '["crashDump"]', cpu_info = '{"features": ["avx512-vbmi"]}'`,
    { capabilities: ['crashDump'], cpuInfo: { features: ['avx512-vbmi'] } },
  ],
  ['a service that was forced down', sql`UPDATE services SET forced_down = true`, { up: false, silentSeconds: undefined }],
  [
    'a heartbeat that is long ago',
    sql`UPDATE services SET seen_at = now() - interval '90 s'`,
    { up: false, silentSeconds: expect.closeTo(90, -2) },
  ],
])('of a host is known at the next look: %s', async (_what, change, seen) => {
  await report('a');
  const table = newTable();
  await table.current();
  await change.execute(database.db);
  expect(await expectCurrent(table)).toMatchObject([seen]);
});

test('a silent host is up again with its next heartbeat', async () => {
  await report('a');
  await sql`UPDATE services SET seen_at = now() - interval '1 hour'`.execute(database.db);
  const table = newTable();
  expect(await table.current()).toMatchObject([{ up: false }]);
  await report('a');
  expect(await table.current()).toMatchObject([{ up: true, silentSeconds: undefined }]);
});

test('a service that an operator disables is known at the next look', async () => {
  await report('a');
  const table = newTable();
  await table.current();
  const service = await findService(database.db, { binary: 'nova-compute', host: 'a' });
  await changeService(database.db, service?.id ?? '', { disabled: true, disabledReason: 'broken' });
  expect(await expectCurrent(table)).toMatchObject([{ disabled: true, disabledReason: 'broken' }]);
});

test('what a slow transaction wrote before others is known when it is committed after them', async () => {
  for (const name of ['a', 'b']) await report(name);
  const table = newTable();
  await table.current();
  await database.db.transaction().execute(async (slow) => {
    await use(slow, 'a', 1);
    // Meanwhile later transactions commit and are read: their ids are higher than the slow one's.
    await use(database.db, 'b', 2);
    expect((await table.current()).map(vcpusUsed).sort()).toEqual([0, 2]);
    await use(database.db, 'b', 3);
    expect((await table.current()).map(vcpusUsed).sort()).toEqual([0, 3]);
  });
  expect((await expectCurrent(table)).map(vcpusUsed).sort()).toEqual([1, 3]);
});

test('the aggregates of a host, and their metadata, are known at the next look', async () => {
  await report('a');
  const table = newTable();
  expect(await table.current()).toMatchObject([{ aggregates: [], zone: 'nova' }]);
  const id = await database.db.transaction().execute(async (trx) => {
    const made = await insertAggregate(trx, { uuid: systemIds.uuid(), name: 'west', metadata: { availability_zone: 'west' } });
    await addHost(trx, made, asId<HostName>('a'));
    return made;
  });
  expect(await expectCurrent(table)).toMatchObject([{ aggregates: [{ id }], zone: 'west' }]);
  await database.db.transaction().execute((trx) => updateAggregate(trx, id, { metadata: { ssd: 'true' } }));
  expect(await expectCurrent(table)).toMatchObject([{ aggregates: [{ id, metadata: { ssd: 'true' } }], zone: 'nova' }]);
  await database.db.transaction().execute((trx) => removeHost(trx, id, asId<HostName>('a')));
  expect(await expectCurrent(table)).toMatchObject([{ aggregates: [] }]);
});

test('how many servers a host has and how many keep its disks busy is known at the next look', async () => {
  await report('a');
  const { db } = database;
  const table = newTable();
  await table.current();
  const { id } = await db.transaction().execute((trx) => insertServer(trx, sampleServer(), 'w-1'));
  await placeServer(db, { serverId: id, host: asId<HostName>('a'), workflowId: 'w-1' });
  expect(await expectCurrent(table)).toMatchObject([{ servers: 1, busyServers: 1 }]);
  await db.updateTable('compute_nodes').set({ failed_builds: 3 }).execute();
  await db.updateTable('servers').set({ vm_state: 'active' }).execute();
  expect(await expectCurrent(table)).toMatchObject([{ servers: 1, busyServers: 0, failedBuilds: 0 }]);
  await db.updateTable('servers').set({ task_state: 'rebuild_spawning' }).execute();
  expect(await expectCurrent(table)).toMatchObject([{ busyServers: 1 }]);
  await db.updateTable('servers').set({ task_state: 'pausing' }).execute();
  expect(await expectCurrent(table)).toMatchObject([{ busyServers: 0 }]);
  await releasePlacements(db, id);
  expect(await expectCurrent(table)).toMatchObject([{ servers: 0 }]);
});

const changes = () => database.db.selectFrom('host_changes').selectAll().where('host', '=', 'a').execute();

test('reports that say nothing new are no change', async () => {
  await report('a', { uptime: 'up 1 day' });
  const before = await changes();
  await report('a', { uptime: 'up 2 days' });
  expect(await changes()).toEqual(before);
});

test('what a backup brought along is read in full once, and then only when it changes', async () => {
  for (const name of ['a', 'b']) await report(name);
  await sql`UPDATE host_changes SET changed_in = '9000000000000'`.execute(database.db);
  const news = async () => {
    const { horizon } = await readHostChanges(database.db, NOTHING_SEEN, DOWN_AFTER_SECONDS);
    return (await readHostChanges(database.db, horizon.transaction, DOWN_AFTER_SECONDS)).changed.map(({ host }) => host as string).sort();
  };
  expect(await news()).toEqual(['a', 'b']);
  await adoptRestoredChanges(database.db);
  // Transactions of other tests, on other databases of the same server, may still be running.
  await expect.poll(news, { timeout: 30_000 }).toEqual([]);
  expect((await newTable().current()).map(nameOf).sort()).toEqual(['a', 'b']);
});

test('what was handed out stays as it was', async () => {
  await report('a');
  const table = newTable();
  const before = await table.current();
  await use(database.db, 'a', 3);
  await table.current();
  expect(before.map(vcpusUsed)).toEqual([0]);
});

test('who asks while others are answered sees what was so when it asked', async () => {
  await report('a');
  const table = newTable();
  const rounds = Array.from({ length: 20 }, async (_, n) => {
    await sql`UPDATE inventories SET used = ${n + 1} WHERE resource_class = 'VCPU' AND used < ${n + 1}`.execute(database.db);
    const [host] = await table.current();
    expect(host && vcpusUsed(host)).toBeGreaterThanOrEqual(n + 1);
  });
  await Promise.all(rounds);
});
