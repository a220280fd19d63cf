import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { sampleFlavor, sampleServer } from '../../../../test/support/sample-server.ts';
import { usedOf } from '../../../../test/support/server-placements.ts';
import { hostUsage } from '../../../books/invariants/host-usage.ts';
import { nodesAreShared } from '../../../books/invariants/nodes-are-shared.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { demandOf, isTailored } from '../../../objects/demand.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import { allShared, type CpuDivision, divided } from '../../../objects/numa/host-topology.ts';
import { machineOf } from '../../../virt/fake/topology.ts';
import { openDatabase } from '../../connect/open.ts';
import type { CellDb } from '../../sql/queries.ts';
import { claimMove } from '../moves/move-placements.ts';
import { placeServer } from './claims.ts';
import { readHostChanges } from './host-changes.ts';
import { saveHostReports } from './hosts.ts';
import { releasePlacements } from './placements.ts';
import { beat } from './services.ts';

const ids = seededIds();
let database: TestDatabase;
/** More connections than a test has by default, so that claims really compete. */
let crowd: { db: CellDb; close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  crowd = await openDatabase({ url: database.url, poolSize: 25, log: silentLog, applicationName: 'tailored claims' });
});
afterAll(async () => {
  await crowd?.close();
  await database?.drop();
});
afterEach(async () => {
  for (const invariant of [hostUsage, nodesAreShared]) expect(await invariant.find(database.db)).toEqual([]);
});

const rules = { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 };

/** A host with two nodes of four cores with two threads; all CPUs but 0 and 8 are dedicated. */
const division: CpuDivision = { ...allShared, shared: [0, 8], dedicated: [...Array(16).keys()].filter((cpu) => cpu % 8 !== 0) };

async function host(more: { customInventories?: Record<string, number> } = {}, name = asId<HostName>(`host-${ids.hex(4)}`)) {
  const size = { vcpus: 16, memoryMb: 16_384, localGb: 1_000 };
  const kind = { hypervisorType: 'fake', hypervisorVersion: 1, cpuInfo: {}, supportedInstances: [] };
  const report = { host: name, node: name, hostIp: '10.0.0.1', ...size, ...kind, topology: divided(machineOf('2x4x2'), division), ...more };
  await saveHostReports(database.db, [report], rules, ids);
  await beat(database.db, [{ id: ids.uuid(), binary: 'nova-compute', host: name, zone: 'nova' }]);
  return name;
}

const servers = (count: number, extraSpecs: Record<string, string>, { vcpus = 2, ramMb = 512 } = {}): Promise<ServerId[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const wanted = sampleServer({ flavor: { ...sampleFlavor, vcpus, ramMb, rootGb: 0, extraSpecs } });
      return (await database.db.transaction().execute((trx) => insertServer(trx, wanted, 'w-1'))).id;
    }),
  );

const place = (serverId: ServerId, name: HostName) => placeServer(crowd.db, { serverId, host: name, workflowId: 'w-1' });

const heldOn = async (name: HostName): Promise<number[]> => {
  const rows = await database.db.selectFrom('placements').select('numa').where('host', '=', name).execute();
  return rows.flatMap(({ numa }) => (numa?.nodes ?? []).flatMap(({ held }) => held)).toSorted((a, b) => a - b);
};

const pinned = { 'hw:cpu_policy': 'dedicated' };

test('servers that are placed at once get CPUs of their own, as long as there are any', async () => {
  const name = await host();
  const wanted = await servers(20, pinned);
  const outcomes = await Promise.all(wanted.map((serverId) => place(serverId, name)));
  // Each node has seven dedicated CPUs: three pairs.
  expect(outcomes.filter((outcome) => outcome === 'placed')).toHaveLength(6);
  expect(new Set(await heldOn(name)).size).toBe(12);
  expect(await usedOf(database.db, name)).toMatchObject({ PCPU: 12, VCPU: 0, MEMORY_MB: 6 * 512 });
  const repeated = await Promise.all(wanted.map((serverId) => place(serverId, name)));
  expect(repeated).toEqual(outcomes);
  await Promise.all(wanted.map((serverId) => releasePlacements(crowd.db, serverId)));
  expect([await heldOn(name), await usedOf(database.db, name)]).toEqual([[], { VCPU: 0, PCPU: 0, MEMORY_MB: 0, DISK_GB: 0 }]);
});

test('boots and moves compete for pages, and none is promised twice', async () => {
  const name = await host();
  const wanted = await servers(12, { 'hw:mem_page_size': '2MB' }, { vcpus: 1 });
  const outcomes = await Promise.all(
    wanted.map((serverId, index) =>
      index % 2 === 0
        ? place(serverId, name)
        : crowd.db.transaction().execute(async (trx) => {
            const { flavor } = await trx.selectFrom('servers').select('flavor').where('id', '=', serverId).executeTakeFirstOrThrow();
            return await claimMove(trx, { serverId, workflowId: 'w-1', host: name, flavor });
          }),
    ),
  );
  // 1,024 pages of 2 MiB on each node are room for eight; but only one shared CPU on each is theirs.
  expect(outcomes.filter((outcome) => outcome === 'placed')).toHaveLength(2);
});

test('a scheduler sees who has which CPUs, and is told when that changes', async () => {
  const name = await host();
  const [serverId = asId<ServerId>('')] = await servers(1, pinned);
  const { horizon } = await readHostChanges(database.db, '0', 60);
  await place(serverId, name);
  const { changed } = await readHostChanges(database.db, horizon.transaction, 60);
  const row = changed.find((one) => one.host === name);
  expect(row?.topology).toHaveLength(2);
  expect(row?.placedGuests).toMatchObject([{ serverId, numa: { nodes: [{ cpus: [0, 1] }] } }]);
});

test('a flavor may name its amounts; what a host no longer has is not given', async () => {
  const name = await host({ customInventories: { CUSTOM_LICENCE: 3 } });
  const licensed = { 'resources:CUSTOM_LICENCE': '2', 'resources:MEMORY_MB': '0', 'resources:VCPU': '1' };
  const [first = asId<ServerId>(''), second = asId<ServerId>('')] = await servers(2, licensed);
  expect([await place(first, name), await place(second, name)]).toEqual(['placed', 'full']);
  expect(await usedOf(database.db, name)).toMatchObject({ CUSTOM_LICENCE: 2, MEMORY_MB: 0, VCPU: 1 });
  await releasePlacements(database.db, first);
  await host({}, name);
  expect(await place(second, name)).toBe('full');
});

test.each([{}, pinned, { 'resources:VCPU': '1' }, { 'resources_A:CUSTOM_X': '1' }, { 'hw:numa_nodes': '1' }, { 'hw:boot_menu': 'yes' }])(
  'whether more than sizes decides is the same in the database and here: %o',
  async (extraSpecs) => {
    const [id = ''] = await servers(1, extraSpecs);
    const { isTailoredRow } = await import('./tailored-demand.ts');
    const row = await database.db
      .selectFrom('servers')
      .select(['flavor', 'image', isTailoredRow.as('is')])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(isTailored(row)).toBe(row.is);
    if (!row.is) expect(demandOf(row)).toEqual({ VCPU: 2, MEMORY_MB: 512, DISK_GB: 0 });
  },
);
