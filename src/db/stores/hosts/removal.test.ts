import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { sampleServer } from '../../../../test/support/sample-server.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import { placeServer } from './claims.ts';
import { saveHostReports } from './hosts.ts';
import { occupantsOf } from './occupants.ts';
import { beat, changeService, deleteNode, deleteService, findService } from './services.ts';

const ids = seededIds();
const rules = { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 };
const resources = { vcpus: 1_000, memoryMb: 1_000_000, localGb: 100_000 };
const kind = { hypervisorType: 'fake', hypervisorVersion: 1, cpuInfo: {}, supportedInstances: [] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** A host with a compute service and a conductor. */
async function host(): Promise<HostName> {
  const name = asId<HostName>(`host-${ids.hex(4)}`);
  await saveHostReports(database.db, [{ host: name, node: name, hostIp: '::1', ...resources, ...kind }], rules, ids);
  await beat(
    database.db,
    ['nova-compute', 'nova-conductor'].map((binary) => ({ id: ids.uuid(), binary, host: name, zone: 'nova' })),
  );
  return name;
}

const server = async (): Promise<ServerId> =>
  (await database.db.transaction().execute((trx) => insertServer(trx, sampleServer(), 'w-1'))).id;

const nodesOf = (name: HostName) => database.db.selectFrom('compute_nodes').select('host').where('host', '=', name).execute();
const inventoriesOf = (name: HostName) => database.db.selectFrom('inventories').select('host').where('host', '=', name).execute();

async function deleteOf(binary: string, name: HostName): Promise<string> {
  const service = await findService(database.db, { binary, host: name });
  if (!service) throw new Error(`${name} has no ${binary}`);
  return database.db.transaction().execute((trx) => deleteService(trx, service));
}

test('a service that is no compute service is deleted without its host’s hypervisor', async () => {
  const name = await host();
  expect(await deleteOf('nova-conductor', name)).toBe('done');
  expect(await findService(database.db, { binary: 'nova-conductor', host: name })).toBeUndefined();
  expect(await nodesOf(name)).toHaveLength(1);
  expect(await deleteOf('nova-compute', name)).toBe('done');
  expect([await nodesOf(name), await inventoriesOf(name)]).toEqual([[], []]);
});

test('a hypervisor is not deleted while a server has a placement there', async () => {
  const name = await host();
  const serverId = await server();
  await placeServer(database.db, { serverId, host: name, workflowId: 'w-1' });
  const remove = () => database.db.transaction().execute((trx) => deleteNode(trx, name));
  expect(await remove()).toBe('in use');
  expect(await nodesOf(name)).toHaveLength(1);
  await database.db.deleteFrom('placements').where('server_id', '=', serverId).execute();
  expect([await remove(), await nodesOf(name), await remove()]).toEqual(['done', [], 'done']);
});

test('the occupants of a host are the servers that are placed there or whose rows name it, the oldest first', async () => {
  const [name, empty] = [await host(), await host()];
  const placed = await server();
  const named = await server();
  const deleted = await server();
  await placeServer(database.db, { serverId: placed, host: name, workflowId: 'w-1' });
  await database.db.updateTable('servers').set({ host: name }).where('id', 'in', [named, deleted]).execute();
  await database.db.updateTable('servers').set({ vm_state: 'deleted' }).where('id', '=', deleted).execute();
  const first = { id: placed, name: sampleServer().name, vmState: 'building', role: 'current' };
  expect(await occupantsOf(database.db, name, 10)).toEqual({ count: 2, first: [first, { ...first, id: named, role: null }] });
  expect(await occupantsOf(database.db, name, 1)).toEqual({ count: 2, first: [first] });
  expect(await occupantsOf(database.db, empty, 10)).toEqual({ count: 0, first: [] });
});

test('a change of a service that is gone changes nothing', async () => {
  expect(await changeService(database.db, ids.uuid(), { disabled: true })).toBeUndefined();
});
