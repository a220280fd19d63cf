/** Live migration on simulated hosts, from the API to the guests. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { brokenNow } from '../../../../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { sampleFlavor } from '../../../../../test/support/sample-server.ts';
import { holdings } from '../../../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../../../test/support/simulated-cloud.ts';
import { insertFlavor } from '../../../../db/stores/flavors/flavors.ts';
import { LiveMigrationApi } from '../../../../compute/servers/live-migration-api.ts';
import type { ServerId } from '../../../../objects/ids.ts';
import { Policy } from '../../../../policy/policy.ts';
import { rules } from '../../../../policy/rules.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
const admin = () => ({ ...someone(), roles: ['admin', 'member'], isAdmin: true });
const anywhere = { host: null, copiesDisks: null, isForced: false, awaitsChecks: false };

beforeAll(async () => {
  database = await createTestDatabase();
  await insertFlavor(database.db, sampleFlavor);
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
const liveMigrate = (id: string, more: object = {}) => act(admin(), id, 'live-migration', { ...anywhere, ...more });
const liveMigrations = () => new LiveMigrationApi({ db: database.db, policy: new Policy({ rules }), compute: cloud.deps.compute });

async function active(): Promise<{ id: ServerId; host: string }> {
  const { id } = await cloud.boot();
  await rests(id, { vmState: 'active' });
  return { id, host: String((await cloud.server(id)).host) };
}

const moves = () =>
  database.db.selectFrom('server_migrations').select(['number', 'type', 'status', 'source_host', 'dest_host']).orderBy('number').execute();
const status = async () => (await moves())[0]?.status;
/** Migrations take so long on a host. */
const slow = (host: string, delayMs: number) => (cloud.host(host).faults['liveMigrate'] = { delayMs });

test('a server goes on where it was, on another host; nothing of it is left', async () => {
  const { id, host: source } = await active();
  const before = await cloud.server(id);
  await liveMigrate(id);
  await rests(id, { vmState: 'active', powerState: 'running', fault: null });
  const { host, launchedAt, progress } = await cloud.server(id);
  expect(host).not.toBe(source);
  expect({ launchedAt, progress }).toEqual({ launchedAt: before.launchedAt, progress: 0 });
  expect(await moves()).toMatchObject([{ type: 'live-migration', status: 'completed', source_host: source, dest_host: host }]);
  expect(await cloud.host(host).driver.consoleOutput(id)).not.toContain('boots=2');
  const held = await holdings(cloud);
  expect({ guests: held.guests, placements: held.placements.length, plugged: held.plugged, used: held.used }).toEqual({
    guests: [`running on ${host}`],
    placements: 1,
    plugged: [host],
    used: [{ host, used: '1 DISK_GB, 512 MEMORY_MB, 1 VCPU' }],
  });
});

test('a paused server stays paused', async () => {
  const { id, host: source } = await active();
  await act(someone(), id, 'pause', null);
  await rests(id, { vmState: 'paused' });
  await liveMigrate(id);
  await rests(id, { vmState: 'paused', powerState: 'paused' });
  const { host } = await cloud.server(id);
  expect((await holdings(cloud)).guests).toEqual([`paused on ${host}`]);
  expect(host).not.toBe(source);
});

test('an administrator may name the host; what is known to be impossible is refused at once', async () => {
  const { id, host: source } = await active();
  const others = cloud.hosts.map(({ name }) => name).filter((name) => name !== source);
  const [wanted = '', dead = ''] = others;
  await expect(act(someone(), id, 'live-migration', anywhere)).rejects.toThrow("Policy doesn't allow");
  const manager = { ...someone(), roles: ['manager', 'member'] };
  await expect(act(manager, id, 'live-migration', { ...anywhere, host: wanted })).rejects.toThrow("Policy doesn't allow");
  await expect(liveMigrate(id, { host: source })).rejects.toThrow(`Unable to migrate instance (${id}) to current host (${source}).`);
  await expect(liveMigrate(id, { host: 'nowhere' })).rejects.toThrow('Compute host nowhere could not be found.');
  await expect(liveMigrate(id, { isForced: true })).rejects.toThrow("Can't force to a non-provided destination");
  await cloud.host(dead).die();
  await expect(liveMigrate(id, { host: dead })).rejects.toThrow(`Compute service of ${dead} is unavailable at this time.`);
  await liveMigrate(id, { host: wanted, isForced: true });
  await rests(id, { vmState: 'active', host: wanted });
  await expect(act(someone(), id, 'stop', null)).resolves.toBeDefined();
  await rests(id, { vmState: 'stopped' });
  await expect(liveMigrate(id)).rejects.toThrow(`Cannot 'os-migrateLive' instance ${id} while it is in vm_state stopped`);
  await cloud.host(dead).start();
});

test('a caller that awaits the checks is told what hosts and scheduler say; others find it in the history', async () => {
  const { id, host } = await active();
  for (const other of cloud.hosts) if (other.name !== host) other.faults['checkArrival'] = { failureRate: 1 };
  await expect(liveMigrate(id, { awaitsChecks: true })).rejects.toMatchObject({ kind: 'invalid' });
  expect(await moves()).toEqual([]);
  await liveMigrate(id);
  await rests(id, { vmState: 'active', host });
  expect(await moves()).toMatchObject([{ status: 'error', dest_host: null }]);
  for (const other of cloud.hosts) if (other.name !== host) await other.die();
  await expect(liveMigrate(id, { awaitsChecks: true })).rejects.toThrow('No valid host was found.');
  for (const other of cloud.hosts) if (other.name !== host) await other.start();
});

test('a host that cannot be prepared is exchanged for another; when all fail the server runs where it was', async () => {
  const { id, host: source } = await active();
  const before = await holdings(cloud);
  const others = cloud.hosts.filter(({ name }) => name !== source);
  for (const other of others) other.faults['prepareArrival'] = { failureRate: 1 };
  await liveMigrate(id);
  await rests(id, { vmState: 'active', host: source });
  expect((await cloud.server(id)).fault).toMatchObject({ code: 500 });
  expect(await holdings(cloud)).toEqual(before);
  const [first] = others;
  if (first) delete first.faults['prepareArrival'];
  await liveMigrate(id);
  await rests(id, { vmState: 'active', host: first?.name });
});

test('a migration that fails leaves the server where it was, and nothing elsewhere', async () => {
  const { id, host } = await active();
  const before = await holdings(cloud);
  cloud.host(host).faults['liveMigrate'] = { failureRate: 1 };
  await liveMigrate(id);
  await rests(id, { vmState: 'active', host });
  expect(await holdings(cloud)).toEqual(before);
  expect(await moves()).toMatchObject([{ status: 'failed', dest_host: null }]);
});

test('while it runs it is a resource with its progress, and can be aborted', async () => {
  const { id, host } = await active();
  const before = await holdings(cloud);
  slow(host, 600_000);
  await liveMigrate(id);
  await expect.poll(status, WAIT).toBe('running');
  const api = liveMigrations();
  const [migration] = await api.list(admin(), id);
  const number = String(migration?.number);
  expect(await api.show(admin(), id, number)).toMatchObject({ status: 'running', type: 'live-migration', source: { host } });
  await expect.poll(async () => (await api.show(admin(), id, number)).transfer, WAIT).toMatchObject({ memory: { total: 512 * 1024 ** 2 } });
  await expect(api.abort(admin(), id, '999', { evenWaiting: true })).rejects.toThrow(`Migration 999 not found for instance ${id}`);
  await expect(api.show(admin(), id, '999')).rejects.toThrow(`In-progress live migration 999 is not found for server ${id}.`);
  await api.abort(admin(), id, number, { evenWaiting: false });
  await rests(id, { vmState: 'active', host, fault: null });
  expect(await status()).toBe('cancelled');
  const told = await database.db.selectFrom('events').select('type').where('subject', '=', id).orderBy('seq').execute();
  expect(told.slice(-3).map(({ type }) => type)).toEqual(
    ['live-migration.start', 'live_migration_cancel', 'live-migration.error'].map((name) => `server.${name}`),
  );
  expect(await holdings(cloud)).toEqual(before);
  await expect(api.show(admin(), id, number)).rejects.toThrow(`Live migration ${number} for server ${id} is not in progress.`);
  await expect(api.abort(admin(), id, number, { evenWaiting: false })).rejects.toThrow("Cannot 'abort live migration' instance");
});

test('it can be completed by force', async () => {
  const { id, host } = await active();
  slow(host, 600_000);
  await liveMigrate(id);
  await expect.poll(status, WAIT).toBe('running');
  const number = String((await moves())[0]?.number);
  await expect(liveMigrations().forceComplete(admin(), id, '999')).rejects.toThrow(`Migration 999 not found for instance ${id}`);
  // The host may not have begun when its status says so.
  await expect
    .poll(async () => {
      await liveMigrations()
        .forceComplete(admin(), id, number)
        .catch(() => {});
      return await status();
    }, WAIT)
    .toBe('completed');
  await rests(id, { vmState: 'active' });
});

test('a host moves one guest at a time; others wait in a queue, in which they can be aborted from some version on', async () => {
  const wanted = cloud.hosts[0]?.name;
  const servers = [];
  for (let count = 0; count < 3; count += 1) {
    const { id } = await cloud.boot({ requestedHost: wanted ?? null });
    await rests(id, { vmState: 'active' });
    servers.push(id);
  }
  slow(String(wanted), 600_000);
  for (const id of servers) await liveMigrate(id);
  await expect.poll(async () => (await moves()).map((move) => move.status).sort(), WAIT).toEqual(['queued', 'queued', 'running']);
  const queued = (await database.db.selectFrom('server_migrations').selectAll().where('status', '=', 'queued').execute())[0];
  const [id, number] = [String(queued?.server_id), String(queued?.number)];
  await expect(liveMigrations().abort(admin(), id, number, { evenWaiting: false })).rejects.toThrow(
    `Migration ${number} state of instance ${id} is queued. Cannot abort live migration while the migration is in this state.`,
  );
  await liveMigrations().abort(admin(), id, number, { evenWaiting: true });
  await rests(id, { vmState: 'active', host: wanted });
  const running = (await database.db.selectFrom('server_migrations').selectAll().where('status', '=', 'running').execute())[0];
  await liveMigrations().abort(admin(), String(running?.server_id), String(running?.number), { evenWaiting: false });
  delete cloud.host(String(wanted)).faults['liveMigrate'];
  for (const one of servers) await rests(one, { vmState: 'active' });
  expect((await moves()).map((move) => move.status).sort()).toEqual(['cancelled', 'cancelled', 'completed']);
});

test('a delete aborts it; nothing is left on either host', async () => {
  const { id, host } = await active();
  slow(host, 600_000);
  await liveMigrate(id);
  await expect.poll(status, WAIT).toBe('running');
  await cloud.api().delete(someone(), id);
  await rests(id, { vmState: 'deleted' });
  const { guests, placements, plugged } = await holdings(cloud);
  expect({ guests, placements, plugged }).toEqual({ guests: [], placements: [], plugged: [] });
  expect(await status()).toBe('cancelled');
});

test('a reset of its state abandons it; the server is where its guest is', async () => {
  const { id, host } = await active();
  slow(host, 600_000);
  await liveMigrate(id);
  await expect.poll(status, WAIT).toBe('running');
  await act(admin(), id, 'resetState', { to: 'active' });
  await expect.poll(status, WAIT).toBe('cancelled');
  await rests(id, { vmState: 'active', host });
  const held = await holdings(cloud);
  expect({ guests: held.guests, placements: held.placements.length }).toEqual({ guests: [`running on ${host}`], placements: 1 });
});
