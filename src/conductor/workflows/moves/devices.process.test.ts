/** Servers with PCI devices on simulated hosts: no two ever have the same, and wherever a server goes, guest and books agree. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { brokenNow } from '../../../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleFlavor, sampleImage } from '../../../../test/support/sample-server.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import { withDevices } from '../../../compute/servers/guest-hardware.ts';
import type { BootResolver } from '../../../compute/servers/resolve-boot.ts';
import { insertFlavor } from '../../../db/stores/flavors/flavors.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import { offered } from '../../../objects/pci/device-spec.ts';
import { devicesOf } from '../../../virt/fake/devices.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
const admin = () => ({ ...someone(), roles: ['admin', 'member'], isAdmin: true });
const one: Flavor = { ...sampleFlavor, id: 'd1', name: 'one', extraSpecs: { 'pci_passthrough:alias': 'gpu:1' } };
const two: Flavor = { ...sampleFlavor, id: 'd2', name: 'two', ramMb: 1_024, extraSpecs: { 'pci_passthrough:alias': 'gpu:2' } };
const eight = offered(devicesOf(['8x10de:1eb8']), [{ vendor_id: '10de' }]);
/** What the machine of each host has now. */
const machines = new Map(['host-1', 'host-2', 'host-3'].map((name) => [name, [...eight]]));

beforeAll(async () => {
  database = await createTestDatabase();
  for (const flavor of [sampleFlavor, one, two]) await insertFlavor(database.db, flavor);
  cloud = new SimulatedCloud(database, { maxAttempts: 3 });
  await cloud.start();
  cloud.deviceAliases = new Map([['gpu', { anyOf: [{ vendorId: '10de', productId: '1eb8' }], numaPolicy: 'legacy' }]]);
  for (const [name, devices] of machines) await cloud.addHost(name, { devices });
  cloud.startEngine();
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
});
afterEach(async () => {
  expect(await brokenNow(cloud)).toEqual({});
});

const WAIT = { timeout: 60_000, interval: 20 };
const rests = (id: string, state: object = {}) =>
  expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null, workflowId: null, ...state });
const act = (...[ctx, id, name, input]: Parameters<ReturnType<SimulatedCloud['api']>['act']>) => cloud.api().act(ctx, id, name, input);
const resolveOf =
  (flavor: Flavor, requestedHost: string | null = null): BootResolver =>
  async (_ctx, request) => ({
    request: { ...request, requestedHost: requestedHost === null ? null : asId<HostName>(requestedHost) },
    flavor: withDevices(flavor, null, cloud.deviceAliases),
    image: sampleImage,
    publicKey: null,
    volumes: [],
  });
const boot = (flavor: Flavor) => cloud.boot({}, { resolve: resolveOf(flavor) });

/** The devices of a server in the books; its guest has the same. */
async function devicesOfServer(id: ServerId) {
  const { host } = await cloud.server(id);
  const row = await database.db
    .selectFrom('placements')
    .select('devices')
    .where('server_id', '=', id)
    .where('role', '=', 'current')
    .executeTakeFirstOrThrow();
  expect(cloud.host(host).driver.guestOf(id).spec.devices).toEqual(row.devices ?? undefined);
  return { host: String(host), addresses: (row.devices ?? []).map(({ address }) => address) };
}

const remove = async (id: string) => {
  await cloud.api().delete(someone(), id);
  await rests(id, { vmState: 'deleted' });
};

test('of 50 boots at once as many succeed as there are devices, none is shared, the others are told why in numbers', async () => {
  const servers = await Promise.all(Array.from({ length: 50 }, () => boot(one)));
  for (const { id } of servers) await rests(id);
  const now = await Promise.all(servers.map(({ id }) => cloud.server(id)));
  const made = now.filter(({ vmState }) => vmState === 'active');
  expect(made).toHaveLength(24);
  const had = await Promise.all(made.map(({ id }) => devicesOfServer(id)));
  expect(new Set(had.flatMap(({ host, addresses }) => addresses.map((address) => `${address} of ${host}`))).size).toBe(24);
  const refused = now.filter(({ vmState }) => vmState === 'error');
  expect(refused).toHaveLength(26);
  for (const { fault } of refused)
    expect(fault?.details).toMatch(/PciPassthroughFilter refused \d of \d hosts: wants 1 PCI device gpu, has 0 free of 8/);
  await Promise.all(servers.map(({ id }) => remove(id)));
  expect(await database.db.selectFrom('inventories').select('host').where('used', '>', 0).execute()).toEqual([]);
});

test('a server that moves has devices of the host that it comes to, and gives the others back', async () => {
  const { id } = await boot(one);
  await rests(id, { vmState: 'active' });
  const first = await devicesOfServer(id);
  await expect(act(admin(), id, 'live-migration', { host: null, copiesDisks: null, isForced: false, awaitsChecks: false })).rejects.toThrow(
    'Cannot live migrate a server with PCI devices',
  );
  await act(admin(), id, 'migrate', { host: null });
  await rests(id, { vmState: 'resized', fault: null });
  expect((await devicesOfServer(id)).host).not.toBe(first.host);
  await act(someone(), id, 'revertResize', null);
  await rests(id, { vmState: 'active' });
  expect(await devicesOfServer(id)).toEqual(first);
  await act(someone(), id, 'resize', { flavorId: two.id });
  await rests(id, { vmState: 'resized', fault: null });
  expect((await devicesOfServer(id)).addresses).toHaveLength(2);
  await act(someone(), id, 'confirmResize', null);
  await rests(id, { vmState: 'active' });
  await act(someone(), id, 'shelve', null);
  await rests(id, { vmState: 'shelved_offloaded' });
  expect(await database.db.selectFrom('placements').select('id').execute()).toEqual([]);
  await act(someone(), id, 'unshelve', {});
  await rests(id, { vmState: 'active', fault: null });
  const { host: dead } = await devicesOfServer(id);
  await cloud.host(dead).die();
  await act(admin(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped: false });
  await rests(id, { vmState: 'active', fault: null });
  expect((await devicesOfServer(id)).host).not.toBe(dead);
  await cloud.host(dead).start();
  await remove(id);
  expect(await database.db.selectFrom('inventories').select('host').where('used', '>', 0).execute()).toEqual([]);
});

test('a device that is unplugged is given to nobody, and missed while a server has it', async () => {
  const { id } = await boot(one);
  await rests(id, { vmState: 'active' });
  const { host, addresses } = await devicesOfServer(id);
  const machine = machines.get(host) ?? [];
  // Its own and all but one of the others.
  const unplugged = machine.splice(0, 7);
  expect(unplugged.map(({ address }) => address)).toContain(addresses[0]);
  await cloud.host(host).report();
  const missed = { evidence: { host, address: addresses[0] } };
  expect(await brokenNow(cloud)).toMatchObject({ 'devices-have-one-server': [missed] });
  const there = { resolve: resolveOf(one, host) };
  const { id: next } = await cloud.boot({}, there);
  await rests(next, { vmState: 'active', fault: null });
  expect((await devicesOfServer(next)).addresses).toEqual(machine.map(({ address }) => address));
  const { id: late } = await cloud.boot({}, there);
  await rests(late, { vmState: 'error' });
  expect((await cloud.server(late)).fault?.details).toContain('wants 1 PCI device gpu, has 0 free of 1');
  machine.unshift(...unplugged);
  await cloud.host(host).report();
  expect(await brokenNow(cloud)).toEqual({});
  for (const server of [id, next, late]) await remove(server);
});
