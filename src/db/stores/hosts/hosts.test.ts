import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import { contractOfHost } from './host-contract.ts';
import { saveHostReports } from './hosts.ts';
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
const nodes = () => database.db.selectFrom('compute_nodes').selectAll().orderBy('host').execute();

test('one statement writes down new hosts and what known ones say now, and leaves what is claimed', async () => {
  await save(report('a', { uptime: 'up 1 day' }));
  await database.db.updateTable('compute_nodes').set({ vcpus_used: 3 }).execute();
  await save(report('b'), report('a', { vcpus: 16 }));
  expect(await nodes()).toMatchObject([
    { host: 'a', node: 'a.example', vcpus: 16, vcpus_used: 3, uptime: null, cpu_allocation_ratio: 4, reserved_memory_mb: 512 },
    {
      host: 'b',
      vcpus: 8,
      vcpus_used: 0,
      cpu_info: { arch: 'x86_64', features: ['vmx'] },
      supported_instances: [['x86_64', 'fake', 'hvm']],
    },
  ]);
});

test('a host speaks the contract that it told last; one that tells none speaks the first', async () => {
  const spoken = () => contractOfHost(database.db, asId<HostName>('a'));
  await save(report('a'));
  expect(await spoken()).toBe(1);
  await save(report('a', { contract: 7 }));
  expect(await spoken()).toBe(7);
  await save(report('a'));
  expect([await spoken(), await contractOfHost(database.db, asId<HostName>('nobody'))]).toEqual([1, undefined]);
});

test('reports and signs of life use up no numbers: only what is new is given one', async () => {
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

test('hosts that report for the first time at the same moment, twice, are one each', async () => {
  const names = Array.from({ length: 50 }, (_, n) => `crowd-${n}`);
  await Promise.all([1, 2, 3].map(() => save(...names.map((name) => report(name)))));
  expect((await nodes()).filter(({ host }) => host.startsWith('crowd-'))).toHaveLength(50);
});
