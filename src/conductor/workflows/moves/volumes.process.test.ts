/** Servers with volumes change their host: at any rest the volume service, the record, the storage host and the guest agree. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { giveVolume, oneVolumeHere, volumesAgree } from '../../../../test/support/attached-volume.ts';
import { brokenNow } from '../../../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleFlavor } from '../../../../test/support/sample-server.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import { insertFlavor } from '../../../db/stores/flavors/flavors.ts';
import type { ServerId } from '../../../objects/ids.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
const admin = () => ({ ...someone(), roles: ['admin', 'member'], isAdmin: true });

beforeAll(async () => {
  database = await createTestDatabase();
  for (const flavor of [sampleFlavor, { ...sampleFlavor, id: '2', name: 'm1.small', ramMb: 1024 }]) await insertFlavor(database.db, flavor);
});
afterAll(() => database.drop());
beforeEach(async () => {
  cloud = new SimulatedCloud(database, { maxAttempts: 2 });
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
const migrate = (id: ServerId, host: string | null = null) => act(admin(), id, 'migrate', { host });
const liveMigrate = (id: ServerId) =>
  act(admin(), id, 'live-migration', { host: null, copiesDisks: null, isForced: false, awaitsChecks: true });
const evacuate = (id: ServerId) =>
  act(admin(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped: false });
const others = (host: string) => cloud.hosts.filter(({ name }) => name !== host);
const volumeStatus = async () => (await cloud.db.selectFrom('volumes').select('status').executeTakeFirst())?.status;

/** An active server with a volume. */
async function withVolume(): Promise<{ id: ServerId; host: string; attachmentId: string | undefined }> {
  const { id } = await cloud.boot();
  await rests(id, { vmState: 'active' });
  await giveVolume(cloud, someone(), id);
  const { host, volumes } = await cloud.server(id);
  return { id, host: String(host), attachmentId: volumes[0]?.attachmentId };
}

test('a migrated server has its volume by a new attachment on its new host, and by another one when it goes back', async () => {
  const { id, host, attachmentId } = await withVolume();
  await migrate(id);
  await rests(id, { vmState: 'resized' });
  const there = await cloud.server(id);
  expect([there.host === host, there.volumes[0]?.attachmentId === attachmentId]).toEqual([false, false]);
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  await act(someone(), id, 'revertResize', null);
  await rests(id, { vmState: 'active', host });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  await migrate(id);
  await rests(id, { vmState: 'resized' });
  await act(someone(), id, 'confirmResize', null);
  await rests(id, { vmState: 'active' });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  expect(await volumeStatus()).toBe('in-use');
});

test('hosts that fail leave nothing: the server is retried elsewhere, or has its volume where it was', async () => {
  const { id, host } = await withVolume();
  for (const { faults } of others(host)) faults['unpack'] = { failureRate: 1 };
  await migrate(id);
  await rests(id, { vmState: 'active', host });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  const [first] = others(host);
  if (first) delete first.faults['unpack'];
  await migrate(id);
  await rests(id, { vmState: 'resized', host: first?.name });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
});

test('a storage host that is away keeps a server where it is; one that is back lets it go', async () => {
  const { id, host } = await withVolume();
  await cloud.volumes.stopHost();
  await migrate(id);
  await rests(id, { vmState: 'active', host });
  await liveMigrate(id);
  await rests(id, { vmState: 'active', host });
  await cloud.volumes.startHost();
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  await liveMigrate(id);
  await rests(id, { vmState: 'active' });
  expect((await cloud.server(id)).host).not.toBe(host);
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
});

test('a running guest goes with both connections, and keeps that of the host on which it ends', async () => {
  const { id, host } = await withVolume();
  for (const { faults } of cloud.hosts) faults['liveMigrate'] = { delayMs: 600_000 };
  await liveMigrate(id);
  const both = () => cloud.volumes.driver.exports().then((all) => all.length);
  await expect.poll(both, WAIT).toBe(2);
  await expect
    .poll(async () => (await cloud.db.selectFrom('server_migrations').select('status').executeTakeFirst())?.status, WAIT)
    .toBe('running');
  expect(await brokenNow(cloud)).toEqual({});
  await act(admin(), id, 'resetState', { to: 'active' });
  await rests(id, { vmState: 'active', host });
  await expect.poll(() => volumesAgree(cloud, id), WAIT).toEqual(oneVolumeHere);
});

test('a running guest that does not leave keeps its connection as it is: it may be an older offer of a volume that has grown', async () => {
  const { id, host } = await withVolume();
  const settled: unknown[] = [];
  Object.assign(cloud.volumes.driver, { settle: async (...asked: unknown[]) => void settled.push(asked) });
  cloud.host(host).faults['liveMigrate'] = { failureRate: 1 };
  await liveMigrate(id);
  await rests(id, { vmState: 'active', host });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  expect(settled).toEqual([]);
});

test('an evacuated server has its volume; what its dead host could write by is closed before', async () => {
  const { id, host, attachmentId } = await withVolume();
  await cloud.host(host).die();
  for (const { faults } of others(host)) faults['spawn'] = { delayMs: 600_000 };
  await evacuate(id);
  const served = () => cloud.volumes.driver.exports().then((all) => all.map((one) => one.attachmentId));
  await expect.poll(async () => (await served()).some((one) => one !== attachmentId), WAIT).toBe(true);
  expect(await served()).not.toContain(attachmentId);
  for (const { faults } of others(host)) delete faults['spawn'];
  await cloud
    .host((await cloud.db.selectFrom('placements').select('host').where('role', '=', 'incoming').executeTakeFirstOrThrow()).host)
    .stop();
  await cloud.stopEngines();
  for (const one of others(host)) {
    await one.stop();
    await one.start();
  }
  cloud.startEngine();
  await rests(id, { vmState: 'active' });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  await cloud.host(host).start();
  expect(await cloud.host(host).driver.listGuests()).toEqual([]);
});

test('an evacuation waits for a storage host that is away: it may still serve the dead host', async () => {
  const { id, host, attachmentId } = await withVolume();
  await cloud.host(host).die();
  await cloud.volumes.stopHost();
  await evacuate(id);
  await rests(id, { vmState: 'error', host });
  expect((await cloud.server(id)).volumes[0]?.attachmentId).toBe(attachmentId);
  await cloud.volumes.startHost();
  await evacuate(id);
  await rests(id, { vmState: 'active' });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
});

test('a guest whose evacuation failed has its volume again when its host is back and it is rebooted', async () => {
  const { id, host } = await withVolume();
  await cloud.host(host).die();
  for (const { faults } of others(host)) faults['spawn'] = { failureRate: 1 };
  await evacuate(id);
  await rests(id, { vmState: 'error', host });
  await cloud.host(host).start();
  await act(someone(), id, 'reboot', { type: 'hard' });
  await rests(id, { vmState: 'active', host });
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
});

test('whoever gives a move up or deletes its server leaves one attachment or none', async () => {
  const { id } = await withVolume();
  await migrate(id);
  await rests(id, { vmState: 'resized' });
  await act(admin(), id, 'resetState', { to: 'active' });
  await expect.poll(async () => (await cloud.db.selectFrom('placements').select('id').execute()).length, WAIT).toBe(1);
  expect(await volumesAgree(cloud, id)).toEqual(oneVolumeHere);
  const { host } = await cloud.server(id);
  for (const { faults } of others(String(host))) faults['unpack'] = { delayMs: 600_000 };
  await migrate(id);
  await expect.poll(async () => (await cloud.volumes.driver.exports()).length, WAIT).toBe(2);
  await cloud.api().delete(someone(), id);
  await rests(id, { vmState: 'deleted' });
  expect([await cloud.volumes.driver.exports(), await volumeStatus()]).toEqual([[], 'available']);
  expect(await cloud.db.selectFrom('volume_attachments').selectAll().execute()).toEqual([]);
});
