/** Resize, cold migration and evacuation on simulated hosts, from the API to the guests. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { brokenNow } from '../../../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleFlavor } from '../../../../test/support/sample-server.ts';
import { holdings } from '../../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import { confirmResizes } from '../../../compute/servers/overdue.ts';
import { ConductorApi } from '../../api.ts';
import { conductorRpc } from '../../rpcapi.ts';
import { clientOf } from '../../../lib/rpc/client.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { insertFlavor } from '../../../db/stores/flavors/flavors.ts';
import { changeService, findService } from '../../../db/stores/hosts/services.ts';
import type { ServerId } from '../../../objects/ids.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
const large = { ...sampleFlavor, id: '2', name: 'm1.small', vcpus: 2, ramMb: 1024, rootGb: 5 };
const larger = { ...large, id: '1b', name: 'm1.medium', vcpus: 4 };
const huge = { ...sampleFlavor, id: '9', name: 'm1.huge', vcpus: 1_000, ramMb: 1024 };
const admin = () => ({ ...someone(), roles: ['admin', 'member'], isAdmin: true });

beforeAll(async () => {
  database = await createTestDatabase();
  for (const flavor of [sampleFlavor, large, larger, huge]) await insertFlavor(database.db, flavor);
});
afterAll(() => database.drop());
beforeEach(async () => {
  cloud = new SimulatedCloud(database, { maxAttempts: 3 });
  await cloud.start('host-1', 'host-2', 'host-3');
  cloud.startEngine();
});
afterEach(async () => {
  expect(await brokenNow(cloud)).toEqual({});
  await cloud.clear();
});

const WAIT = { timeout: 20_000, interval: 10 };
const rests = (id: string, state: object = {}) =>
  expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null, workflowId: null, ...state });
const act = (...[ctx, id, name, input]: Parameters<ReturnType<SimulatedCloud['api']>['act']>) => cloud.api().act(ctx, id, name, input);

async function active(): Promise<{ id: ServerId; host: string }> {
  const { id } = await cloud.boot();
  await rests(id, { vmState: 'active' });
  return { id, host: String((await cloud.server(id)).host) };
}

const moves = async () =>
  (await database.db.selectFrom('server_migrations').selectAll().orderBy('number').execute()).map(
    ({ type, status, source_host, dest_host }) => ({
      type,
      status,
      source_host,
      dest_host,
    }),
  );

const statuses = async () => (await moves()).map(({ status }) => status).sort();

test('a resized server runs on another host in its new size, and when confirmed is only there', async () => {
  const { id, host: source } = await active();
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'resized', flavor: large, powerState: 'running', fault: null });
  const { host } = await cloud.server(id);
  expect(host).not.toBe(source);
  expect(await moves()).toEqual([{ type: 'resize', status: 'finished', source_host: source, dest_host: host }]);
  const held = await holdings(cloud);
  expect(held.placements.map(({ role, allocated }) => `${role}: ${allocated}`).sort()).toEqual([
    'current: 5 DISK_GB, 1024 MEMORY_MB, 2 VCPU',
    'outgoing: 1 DISK_GB, 512 MEMORY_MB, 1 VCPU',
  ]);
  expect(held.guests.sort()).toEqual([`running on ${host}`, `shutdown on ${source}`].sort());
  expect(await cloud.host(host).driver.consoleOutput(id)).toContain('boots=2');

  await act(someone(), id, 'confirmResize', null);
  await rests(id, { vmState: 'active', host });
  expect((await moves())[0]?.status).toBe('confirmed');
  const after = await holdings(cloud);
  expect({ guests: after.guests, placements: after.placements.length, plugged: after.plugged, used: after.used }).toEqual({
    guests: [`running on ${host}`],
    placements: 1,
    plugged: [host],
    used: [{ host, used: '5 DISK_GB, 1024 MEMORY_MB, 2 VCPU' }],
  });
});

test('a reverted server is what it was, where it was', async () => {
  const { id, host } = await active();
  const before = await holdings(cloud);
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'resized' });
  await act(someone(), id, 'revertResize', null);
  await rests(id, { vmState: 'active', host, flavor: sampleFlavor });
  expect(await holdings(cloud)).toEqual(before);
  expect((await moves())[0]?.status).toBe('reverted');
});

test('a stopped server stays stopped all the way', async () => {
  const { id } = await active();
  await act(someone(), id, 'stop', null);
  await rests(id, { vmState: 'stopped' });
  for (const end of ['revertResize', 'confirmResize'] as const) {
    await act(someone(), id, 'resize', { flavorId: '2' });
    await rests(id, { vmState: 'resized', powerState: 'shutdown' });
    await act(someone(), id, end, null);
    await rests(id, { vmState: 'stopped', powerState: 'shutdown' });
  }
  expect((await holdings(cloud)).guests).toEqual([`shutdown on ${(await cloud.server(id)).host}`]);
});

test('on its own host a server is resized in place, where that is allowed', async () => {
  const { id, host } = await active();
  for (const other of cloud.hosts) if (other.name !== host) await other.die();
  const stay = { preparers: cloud.preparers({ mayStay: true }) };
  for (const end of ['revertResize', 'confirmResize'] as const) {
    await cloud.api(stay).act(someone(), id, 'resize', { flavorId: '2' });
    await rests(id, { vmState: 'resized', host, flavor: large });
    expect((await holdings(cloud)).placements.map(({ role }) => role).sort()).toEqual(['current', 'outgoing']);
    await act(someone(), id, end, null);
    await rests(id, { vmState: 'active', host, flavor: end === 'confirmResize' ? large : sampleFlavor });
  }
  expect((await holdings(cloud)).placements).toMatchObject([{ host, role: 'current', allocated: '5 DISK_GB, 1024 MEMORY_MB, 2 VCPU' }]);
  // Both of its placements on this host are released.
  await cloud.api(stay).act(someone(), id, 'resize', { flavorId: '1b' });
  await rests(id, { vmState: 'resized', host });
  await cloud.api().delete(someone(), id);
  await rests(id, { vmState: 'deleted' });
  expect(await holdings(cloud)).toMatchObject({ placements: [], used: [], guests: [] });
});

test('a migrated server keeps its size; an administrator may name its host', async () => {
  const { id, host: source } = await active();
  const wanted = cloud.hosts.find(({ name }) => name !== source)?.name ?? '';
  await expect(act(someone(), id, 'migrate', { host: null })).rejects.toThrow("Policy doesn't allow");
  await expect(act(admin(), id, 'migrate', { host: source })).rejects.toThrow('Cannot migrate to the host where the server exists');
  await expect(act(admin(), id, 'migrate', { host: 'nowhere' })).rejects.toThrow('Compute host nowhere could not be found.');
  await act(admin(), id, 'migrate', { host: wanted });
  await rests(id, { vmState: 'resized', host: wanted, flavor: sampleFlavor });
  await act(admin(), id, 'confirmResize', null);
  await rests(id, { vmState: 'active', host: wanted });
  expect(await moves()).toEqual([{ type: 'migration', status: 'confirmed', source_host: source, dest_host: wanted }]);
});

test('a host that fails is avoided; when all fail the server runs where it was, with the reason', async () => {
  const { id, host: source } = await active();
  const before = await holdings(cloud);
  const others = cloud.hosts.filter(({ name }) => name !== source);
  for (const other of others) other.faults['unpack'] = { failureRate: 1 };
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'active', host: source, flavor: sampleFlavor });
  expect((await cloud.server(id)).fault).toMatchObject({ code: 500 });
  expect(await holdings(cloud)).toEqual(before);
  expect(await moves()).toMatchObject([{ status: 'error' }]);
  const [first] = others;
  if (first) delete first.faults['unpack'];
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'resized', host: first?.name });
});

test('without a host that fits the server stays as it is', async () => {
  const { id, host } = await active();
  await act(someone(), id, 'resize', { flavorId: '9' });
  await rests(id, { vmState: 'active', host, flavor: sampleFlavor });
  expect((await cloud.server(id)).fault?.message).toMatch(/^No valid host was found\. .*CPU/);
});

test('what is known to be impossible is refused at once', async () => {
  const { id } = await active();
  await expect(act(someone(), id, 'resize', { flavorId: '1' })).rejects.toThrow('When resizing, instances must change flavor!');
  await expect(act(someone(), id, 'resize', { flavorId: '77' })).rejects.toThrow('Flavor 77 could not be found.');
  await expect(act(someone(), id, 'confirmResize', null)).rejects.toThrow(
    `Cannot 'confirmResize' instance ${id} while it is in vm_state active`,
  );
  await expect(act(someone(), id, 'revertResize', null)).rejects.toThrow(
    `Cannot 'revertResize' instance ${id} while it is in vm_state active`,
  );
});

test('a server that waits to be confirmed can be deleted; nothing is left on either host', async () => {
  const { id } = await active();
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'resized' });
  await cloud.api().delete(someone(), id);
  await rests(id, { vmState: 'deleted' });
  const { guests, placements, plugged } = await holdings(cloud);
  expect({ guests, placements, plugged }).toEqual({ guests: [], placements: [], plugged: [] });
  expect(await moves()).toMatchObject([{ status: 'confirmed' }]);
});

test('neither end of a resize begins while the host that was left is down', async () => {
  const { id, host } = await active();
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'resized' });
  await cloud.host(host).die();
  for (const end of ['confirmResize', 'revertResize'] as const)
    await expect(act(someone(), id, end, null)).rejects.toThrow('does not answer');
  await cloud.host(host).start();
  await act(someone(), id, 'confirmResize', null);
  await rests(id, { vmState: 'active' });
});

test('a server of a dead host is made anew on another; the host, when it is back, destroys what it had of it', async () => {
  const { id, host: source } = await active();
  const { networkInfo } = await cloud.server(id);
  const evacuation = { host: null, isForced: false, onSharedStorage: false, staysStopped: false };
  await expect(act(someone(), id, 'evacuate', evacuation)).rejects.toThrow("Policy doesn't allow");
  await expect(act(admin(), id, 'evacuate', evacuation)).rejects.toThrow(`Compute service of ${source} is still in use.`);
  await expect(act(admin(), id, 'evacuate', { ...evacuation, host: source })).rejects.toThrow("The target host can't be the same one.");
  await expect(act(admin(), id, 'evacuate', { ...evacuation, host: 'nowhere' })).rejects.toThrow(
    'Compute host nowhere could not be found.',
  );
  await cloud.host(source).die();
  expect((await act(admin(), id, 'evacuate', evacuation)).adminPassword).toHaveLength(12);
  await rests(id, { vmState: 'active', powerState: 'running', networkInfo });
  const { host } = await cloud.server(id);
  expect(host).not.toBe(source);
  expect(await moves()).toEqual([{ type: 'evacuation', status: 'done', source_host: source, dest_host: host }]);
  expect(await cloud.host(source).driver.listGuests()).toHaveLength(1);
  await cloud.host(source).start();
  expect(await holdings(cloud)).toMatchObject({ guests: [`running on ${host}`], placements: [{ host, role: 'current' }], plugged: [host] });
  expect(await moves()).toMatchObject([{ status: 'completed' }]);
});

test('a host that was forced down and lives destroys the guests that left it, once it no longer is', async () => {
  const { id, host: source } = await active();
  const force = (isForced: boolean) =>
    database.db.transaction().execute(async (trx) => {
      const service = await findService(trx, { binary: 'nova-compute', host: source });
      await changeService(trx, service?.id ?? '', { forcedDown: isForced });
    });
  await force(true);
  await act(admin(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped: false });
  await rests(id, { vmState: 'active' });
  const { host } = await cloud.server(id);
  await cloud.host(source).report();
  expect(await cloud.host(source).driver.listGuests()).toHaveLength(1);
  await force(false);
  await cloud.host(source).report();
  await expect.poll(() => holdings(cloud), WAIT).toMatchObject({ guests: [`running on ${host}`], placements: [{ host, role: 'current' }] });
});

test('a host that comes back during an evacuation destroys the guest that left it, once it has', async () => {
  const { id, host: source } = await active();
  const force = (isDown: boolean) => database.db.updateTable('services').set({ forced_down: isDown }).where('host', '=', source).execute();
  for (const { name, faults } of cloud.hosts) if (name !== source) faults['spawn'] = { delayMs: 1_000 };
  await force(true);
  await act(admin(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped: false });
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: 'rebuild_spawning' });
  await force(false);
  // It compares now, and the server is still its own.
  await cloud.host(source).report();
  expect(await cloud.host(source).driver.listGuests()).toHaveLength(1);
  await rests(id, { vmState: 'active' });
  const { host } = await cloud.server(id);
  await expect.poll(() => holdings(cloud), WAIT).toMatchObject({ guests: [`running on ${host}`], placements: [{ host, role: 'current' }] });
});

test('a host from which a server was evacuated gets it back, though it has not destroyed the old guest yet', async () => {
  const { id, host: first } = await active();
  const { driver } = cloud.host(first);
  const force = (isDown: boolean) => database.db.updateTable('services').set({ forced_down: isDown }).where('host', '=', first).execute();
  // An operator takes it for dead, and it lives.
  await driver.powerOff(id, { graceMs: 0 });
  await force(true);
  await act(admin(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped: false });
  await rests(id, { vmState: 'active' });
  expect(await driver.powerState(id)).toBe('shutdown');
  await force(false);
  await act(admin(), id, 'live-migration', { host: first, copiesDisks: null, isForced: true, awaitsChecks: false });
  await rests(id, { vmState: 'active', host: first });
  expect(await driver.powerState(id)).toBe('running');
});

test('since 2.95 an evacuated server is stopped; one that was stopped always is', async () => {
  for (const staysStopped of [true, false]) {
    const { id, host: source } = await active();
    if (!staysStopped) {
      await act(someone(), id, 'stop', null);
      await rests(id, { vmState: 'stopped' });
    }
    await cloud.host(source).die();
    await act(admin(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped });
    await rests(id, { vmState: 'stopped', powerState: 'shutdown' });
    expect((await cloud.server(id)).host).not.toBe(source);
    await cloud.host(source).start();
  }
});

test('an evacuation that finds no host leaves the server in error, to be evacuated again', async () => {
  const { id, host: source } = await active();
  for (const { name } of cloud.hosts) await cloud.host(name).die();
  const evacuation = { host: null, isForced: false, onSharedStorage: false, staysStopped: false };
  await act(admin(), id, 'evacuate', evacuation);
  await rests(id, { vmState: 'error', host: source });
  expect((await cloud.server(id)).fault?.message).toMatch(/^No compute host has sent a heartbeat/);
  expect(await moves()).toMatchObject([{ status: 'error' }]);
  for (const { name } of cloud.hosts) if (name !== source) await cloud.host(name).start();
  await act(admin(), id, 'evacuate', evacuation);
  await rests(id, { vmState: 'active', fault: null });
});

test('a resize that its owner does not confirm in time is confirmed, once its old host is up', async () => {
  const { id, host } = await active();
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'resized' });
  const { ids, serviceGroup: group } = cloud.deps;
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const confirm = (before: Date) => confirmResizes({ db: database.db, ids, conductor, group }, { before, limit: 10 });
  const later = new Date(Date.now() + 60_000);
  expect(await confirm(new Date(Date.now() - 60_000))).toBe(0);
  await cloud.host(host).die();
  expect(await confirm(later)).toBe(1);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'resized', taskState: null });
  await cloud.host(host).start();
  await Promise.all([confirm(later), confirm(later)]);
  await rests(id, { vmState: 'active', flavor: large });
  expect(await moves()).toMatchObject([{ status: 'confirmed' }]);
});

test('a reset of the state ends a move that has not begun, and leads a server that has left its host back to where it was shelved', async () => {
  const { id } = await active();
  await cloud.stopEngines();
  await act(someone(), id, 'resize', { flavorId: '2' });
  await act(admin(), id, 'resetState', { to: 'active' });
  expect(await moves()).toMatchObject([{ status: 'error' }]);
  cloud.startEngine();
  await act(someone(), id, 'shelve', null);
  await rests(id, { vmState: 'shelved_offloaded' });
  for (const to of ['error', 'active'] as const) await act(admin(), id, 'resetState', { to });
  expect(await cloud.server(id)).toMatchObject({ vmState: 'shelved_offloaded', host: null });
  await act(someone(), id, 'unshelve', {});
  await rests(id, { vmState: 'active' });
});

test('a move that is given up is cleaned up, though its owner reboots the server at once', async () => {
  const { id } = await active();
  await act(someone(), id, 'resize', { flavorId: '2' });
  await rests(id, { vmState: 'resized' });
  await cloud.stopEngines();
  await act(admin(), id, 'resetState', { to: 'error' });
  await act(someone(), id, 'reboot', { type: 'hard' });
  cloud.startEngine();
  await rests(id, { vmState: 'active' });
  expect(await moves()).toMatchObject([{ status: 'confirmed' }]);
  const { guests, placements, plugged } = await holdings(cloud);
  expect([guests.length, placements.length, plugged.length]).toEqual([1, 1, 1]);
});

test('a reset of the state gives a move up, wherever it had got to; the server is where its record says, and only there', async () => {
  const waiting = await active();
  await act(someone(), waiting.id, 'resize', { flavorId: '2' });
  await rests(waiting.id, { vmState: 'resized' });
  const moving = await active();
  for (const { name, faults } of cloud.hosts) if (name !== moving.host) faults['unpack'] = { delayMs: 600_000 };
  await act(someone(), moving.id, 'resize', { flavorId: '2' });
  await expect.poll(() => cloud.server(moving.id), WAIT).toMatchObject({ taskState: 'resize_migrating' });
  for (const { id } of [waiting, moving]) await act(admin(), id, 'resetState', { to: 'error' });
  await expect.poll(statuses, WAIT).toEqual(['confirmed', 'error']);
  const { guests, placements, plugged } = await holdings(cloud);
  expect([guests.length, placements.length, plugged.length]).toEqual([2, 2, 2]);
  for (const { id } of [waiting, moving]) {
    expect((await cloud.host((await cloud.server(id)).host).driver.listGuests()).map(({ serverId }) => serverId)).toContain(id);
    await act(someone(), id, 'reboot', { type: 'hard' });
    await rests(id, { vmState: 'active' });
  }
});
