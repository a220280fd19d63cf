import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import { contractOfHost } from './host-contract.ts';
import { capabilitiesOfHost, hostOfNode, saveHostReports } from './hosts.ts';
import { beat } from './services.ts';

const rules = { cpuAllocationRatio: 4, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 512 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const report = (host: string, more: { vcpus?: number; uptime?: string; contract?: number } = {}) => ({
  host: asId<HostName>(host),
  node: `${host}.example`,
  hostIp: '192.0.2.1',
  vcpus: 8,
  memoryMb: 1_000,
  localGb: 100,
  hypervisorType: 'fake',
  hypervisorVersion: 1,
  cpuInfo: { arch: 'x86_64', features: ['vmx'] },
  supportedInstances: [['x86_64', 'fake', 'hvm']] satisfies [string, string, string][],
  ...more,
});

const save = (...reports: Parameters<typeof saveHostReports>[1]) => saveHostReports(database.db, reports, rules, systemIds);
const service = (host: string) => ({ id: systemIds.uuid(), binary: 'nova-compute', host, zone: 'nova' });
const inventories = () => database.db.selectFrom('inventories').selectAll().orderBy('host').orderBy('resource_class').execute();
const nodes = () => database.db.selectFrom('compute_nodes').selectAll().orderBy('host').execute();

test('one statement inserts new hosts, updates known ones and keeps their claims', async () => {
  await save(report('a', { uptime: 'up 1 day' }));
  await database.db.updateTable('inventories').set({ used: 3 }).where('resource_class', '=', 'VCPU').execute();
  await save(report('b'), report('a', { vcpus: 16 }));
  expect(await nodes()).toMatchObject([
    { host: 'a', node: 'a.example', uptime: null },
    {
      host: 'b',
      cpu_info: { arch: 'x86_64', features: ['vmx'] },
      supported_instances: [['x86_64', 'fake', 'hvm']],
    },
  ]);
  expect(await inventories()).toEqual([
    { host: 'a', resource_class: 'DISK_GB', total: 100, reserved: 0, allocation_ratio: 1, used: 0 },
    { host: 'a', resource_class: 'MEMORY_MB', total: 1_000, reserved: 512, allocation_ratio: 1, used: 0 },
    { host: 'a', resource_class: 'VCPU', total: 16, reserved: 0, allocation_ratio: 4, used: 3 },
    { host: 'b', resource_class: 'DISK_GB', total: 100, reserved: 0, allocation_ratio: 1, used: 0 },
    { host: 'b', resource_class: 'MEMORY_MB', total: 1_000, reserved: 512, allocation_ratio: 1, used: 0 },
    { host: 'b', resource_class: 'VCPU', total: 8, reserved: 0, allocation_ratio: 4, used: 0 },
  ]);
});

/** The transactions that wrote and last locked each row. */
async function versions() {
  const { rows } = await sql`SELECT xmin::text, xmax::text FROM inventories ORDER BY host, resource_class`.execute(database.db);
  return rows;
}

test('an unchanged inventory is neither written nor locked', async () => {
  await save(report('a'), report('b'));
  const before = await versions();
  await save(report('a', { uptime: 'up 2 days' }), report('b'));
  expect(await versions()).toEqual(before);
});

test('a host speaks the contract that it last reported; one that reports none speaks the first', async () => {
  const spoken = () => contractOfHost(database.db, asId<HostName>('a'));
  await save(report('a'));
  expect(await spoken()).toBe(1);
  await save(report('a', { contract: 7 }));
  expect(await spoken()).toBe(7);
  await save(report('a'));
  expect([await spoken(), await contractOfHost(database.db, asId<HostName>('nobody'))]).toEqual([1, undefined]);
});

test('reports and heartbeats use up no sequence numbers: only new rows get one', async () => {
  await beat(database.db, [service('a')]);
  for (let time = 0; time < 5; time += 1) {
    await save(report('a'), report('b'));
    await beat(database.db, [service('a')]);
  }
  await save(report('c'));
  await beat(database.db, [service('c'), service('a')]);
  expect((await nodes()).map(({ number }) => number)).toEqual([1, 2, 3]);
  expect((await database.db.selectFrom('services').select('number').orderBy('host').execute()).map(({ number }) => number)).toEqual([1, 2]);
});

test('hosts whose first reports arrive twice at the same moment get one row each', async () => {
  const names = Array.from({ length: 50 }, (_, n) => `crowd-${n}`);
  await Promise.all([1, 2, 3].map(() => save(...names.map((name) => report(name)))));
  expect((await nodes()).filter(({ host }) => host.startsWith('crowd-'))).toHaveLength(50);
});

test('a host is found by the name of its hypervisor, and its capabilities once it has reported them', async () => {
  const [a, nobody] = [asId<HostName>('a'), asId<HostName>('nobody')];
  expect([await hostOfNode(database.db, 'a.example'), await hostOfNode(database.db, 'a')]).toEqual([a, undefined]);
  await save(report('a'));
  expect(await capabilitiesOfHost(database.db, a)).toBeUndefined();
  await save({ ...report('a'), capabilities: ['pause'] });
  expect([await capabilitiesOfHost(database.db, a), await capabilitiesOfHost(database.db, nobody)]).toEqual([['pause'], undefined]);
});
