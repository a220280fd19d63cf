/** Volumes of servers over HTTP: what is refused, and that the volume service, the record and the guest agree afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeVolume } from '../../../../../test/support/attached-volume.ts';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { contextOf, openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { asId } from '../../../../objects/ids.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let id: string;

const NOBODY = '5a5e6863-e4f8-4a71-8da1-adeff9c4cb79';

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
  id = await face.boot();
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const words = ({ status, body }: { status: number; body: Record<string, { message: string }> }) => [
  status,
  Object.values(body)[0]?.message,
];
const newVolume = async (more: Parameters<typeof makeVolume>[2] = {}) => {
  const volume = systemIds.uuid();
  await makeVolume(cloud, volume, { projectId: 'd0', ...more });
  return volume;
};
const path = (server: string, volume = '') => `/servers/${server}/os-volume_attachments${volume && `/${volume}`}`;
const attach = (volumeAttachment: object, { at = '2.79', server = id } = {}) =>
  face.ask('POST', path(server), { at, body: { volumeAttachment } });
const plugged = (server = id) =>
  cloud
    .host('host-1')
    .volumesOf(asId(server))
    .map(({ volumeId }) => volumeId);
const statusOf = async (volume: string) =>
  (await cloud.db.selectFrom('volumes').select('status').where('id', '=', volume).executeTakeFirst())?.status;
const detached = async (volume: string, server = id) => {
  expect((await face.ask('DELETE', path(server, volume))).status).toBe(202);
  await until(
    async () => (await statusOf(volume)) === 'available' && !(await cloud.server(server)).volumes.some((one) => one.volumeId === volume),
    {
      what: `volume ${volume} is free`,
      timeoutMs: 20_000,
    },
  );
};

test('the guest has the volume when the request is answered, and gives it back when it is detached', async () => {
  const [first, second] = [await newVolume(), await newVolume()];
  const { status, body } = await attach({ volumeId: first, device: '/dev/sdz', tag: 'data', delete_on_termination: true });
  const shown = { id: first, volumeId: first, serverId: id, device: '/dev/vdb', tag: 'data', delete_on_termination: true };
  expect([status, body.volumeAttachment]).toEqual([200, shown]);
  expect((await attach({ volumeId: second })).body.volumeAttachment.device).toBe('/dev/vdc');
  expect([plugged(), await statusOf(first)]).toEqual([[first, second], 'in-use']);
  await detached(first);
  expect(plugged()).toEqual([second]);
  await detached(second);
  expect(plugged()).toEqual([]);
});

test('each version shows the fields that it knows', async () => {
  const volume = await newVolume();
  expect((await attach({ volumeId: volume }, { at: '2.1' })).body.volumeAttachment).toEqual({
    id: volume,
    volumeId: volume,
    serverId: id,
    device: '/dev/vdb',
  });
  const { attachmentId, id: bdm } = (await cloud.server(id)).volumes[0] ?? {};
  const told = { volumeId: volume, serverId: id, device: '/dev/vdb', tag: null, delete_on_termination: false };
  expect((await face.ask('GET', path(id), { at: '2.85' })).body).toEqual({ volumeAttachments: [{ ...told, id: volume }] });
  expect((await face.ask('GET', path(id, volume), { at: '2.89' })).body).toEqual({
    volumeAttachment: { ...told, attachment_id: attachmentId, bdm_uuid: bdm },
  });
  expect((await face.ask('GET', `${path(id)}?offset=1`, { at: '2.85' })).body).toEqual({ volumeAttachments: [] });
  const server = (await face.ask('GET', `/servers/${id}`, { at: '2.3' })).body.server;
  expect(server['os-extended-volumes:volumes_attached']).toEqual([{ id: volume, delete_on_termination: false }]);
  await detached(volume);
});

test('since 2.101 the answer comes at once, without a body', async () => {
  const volume = await newVolume();
  const { status, body } = await attach({ volumeId: volume }, { at: '2.101' });
  expect([status, body]).toEqual([202, undefined]);
  await until(async () => (await statusOf(volume)) === 'in-use', { what: 'the volume is attached', timeoutMs: 20_000 });
  await detached(volume);
});

test('what cannot be attached is refused, and nothing is left', async () => {
  const [mine, theirs, shared] = [await newVolume(), await newVolume({ projectId: 'e0' }), await newVolume({ isMultiattach: true })];
  expect(words(await attach({ volumeId: NOBODY }))).toEqual([404, `Volume ${NOBODY} could not be found.`]);
  expect(words(await attach({ volumeId: theirs }))).toEqual([404, `Volume ${theirs} could not be found.`]);
  expect((await attach({ volumeId: mine, device: 'vdb' })).status).toBe(400);
  expect((await attach({ volumeId: shared }, { at: '2.59' })).status).toBe(400);
  expect((await attach({ volumeId: mine })).status).toBe(200);
  expect(words(await attach({ volumeId: mine }))).toEqual([400, `Invalid volume: volume ${mine} is already attached to instances: ${id}`]);
  const other = await face.boot();
  expect((await attach({ volumeId: mine }, { server: other })).status).toBe(400);
  expect(words(await face.ask('DELETE', path(other, mine)))).toEqual([404, `Instance ${other} is not attached to volume ${mine}`]);
  expect((await face.ask('GET', path(other, mine))).status).toBe(404);
  expect((await face.ask('GET', path(id, mine), { as: 'other' })).status).toBe(404);
  expect((await cloud.server(other)).volumes).toEqual([]);
  await detached(mine);
});

test('a volume that several servers may have is in both guests', async () => {
  const volume = await newVolume({ isMultiattach: true });
  const other = await face.boot();
  expect((await attach({ volumeId: volume })).status).toBe(200);
  expect((await attach({ volumeId: volume }, { server: other })).status).toBe(200);
  expect([plugged(), plugged(other)]).toEqual([[volume], [volume]]);
  await face.ask('DELETE', path(other, volume));
  await until(async () => plugged(other).length === 0, { what: 'the other guest has given it back', timeoutMs: 20_000 });
  expect(await statusOf(volume)).toBe('in-use');
  await detached(volume);
});

test('whether a volume goes with its server can be changed, nothing else', async () => {
  const volume = await newVolume();
  await attach({ volumeId: volume, tag: 'a' });
  const put = (volumeAttachment: object, { at = '2.85', as = 'demo' as 'demo' | 'admin' } = {}) =>
    face.ask('PUT', path(id, volume), { at, as, body: { volumeAttachment } });
  expect((await put({ volumeId: volume, tag: 'a', device: '/dev/vdb', delete_on_termination: true })).status).toBe(202);
  expect((await cloud.server(id)).volumes[0]?.isDeletedWithServer).toBe(true);
  expect((await put({ volumeId: volume, tag: 'b', delete_on_termination: false })).status).toBe(400);
  expect((await put({ volumeId: NOBODY })).status).toBe(403);
  expect((await put({ volumeId: NOBODY }, { as: 'admin' })).status).toBe(409);
  expect((await put({ volumeId: volume }, { at: '2.84', as: 'admin' })).status).toBe(409);
  await detached(volume);
});

test('a deleted server gives its volumes back, and deletes those that go with it', async () => {
  const [kept, going] = [await newVolume(), await newVolume()];
  const server = await face.boot();
  await attach({ volumeId: kept }, { server });
  await attach({ volumeId: going, delete_on_termination: true }, { server });
  await face.ask('DELETE', `/servers/${server}`);
  await until(async () => (await cloud.server(server)).vmState === 'deleted', { what: 'the server is deleted', timeoutMs: 20_000 });
  expect([await statusOf(kept), await statusOf(going)]).toEqual(['available', 'deleting']);
  expect((await cloud.server(server)).volumes).toEqual([]);
});

test('a guest that cannot take a volume leaves it free', async () => {
  const volume = await newVolume();
  const { faults } = cloud.host('host-1');
  faults['attachVolume'] = { failureRate: 1 };
  expect((await attach({ volumeId: volume })).status).toBe(500);
  delete faults['attachVolume'];
  expect([await statusOf(volume), (await cloud.server(id)).volumes, plugged()]).toEqual(['available', [], []]);
});

test('a host that is too old to attach a volume leaves it free, and its server can be worked on', async () => {
  const volume = await newVolume();
  await cloud.db.updateTable('compute_nodes').set({ contract: 3 }).execute();
  expect((await attach({ volumeId: volume })).status).toBe(501);
  await cloud.host('host-1').report();
  expect([await statusOf(volume), (await cloud.server(id)).volumes, plugged()]).toEqual(['available', [], []]);
});

test('a volume whose storage host is away is left free, and taken from its server', async () => {
  const [first, second] = [await newVolume(), await newVolume()];
  await attach({ volumeId: first });
  await cloud.volumes.stopHost();
  expect((await attach({ volumeId: second })).status).toBe(500);
  expect([await statusOf(second), (await cloud.server(id)).volumes.length]).toEqual(['available', 1]);
  await detached(first);
  await cloud.volumes.startHost();
  expect(plugged()).toEqual([]);
});

test('the volume service takes nothing from a server that uses it, and leads it nowhere else, whoever but compute asks', async () => {
  const volume = await newVolume();
  await attach({ volumeId: volume });
  const { attachments, oldAttaching } = cloud.volumes.api();
  const owner = { ...contextOf('demo'), requestId: 'req-owner' };
  const { attachmentId = '' } = (await cloud.server(id)).volumes[0] ?? {};
  const before = await attachments.show(owner, attachmentId);
  for (const take of [
    () => attachments.delete(owner, attachmentId),
    () => attachments.connect(owner, attachmentId, { host: 'elsewhere' }),
    () => oldAttaching.detach(owner, volume, undefined),
    () => oldAttaching.initializeConnection(owner, volume, { host: 'host-1' }),
    () => oldAttaching.terminateConnection(owner, volume, { host: 'host-1' }),
  ])
    await expect(take()).rejects.toMatchObject({ code: 'ConflictNovaUsingAttachment' });
  expect(await attachments.show(owner, attachmentId)).toEqual(before);
  await detached(volume);
});

test('a host that was away while volumes came and went has its guest put right', async () => {
  const host = cloud.host('host-1');
  const volume = await newVolume();
  await attach({ volumeId: volume });
  const [plug] = host.volumesOf(asId(id));
  await host.driver.detachVolume(asId(id), volume, { attempts: 1, timeoutMs: 0 });
  if (plug) await host.driver.attachVolume(asId(id), { ...plug, volumeId: NOBODY, device: '/dev/vdc' });
  await host.reconcile();
  await until(async () => plugged().join() === volume, { what: 'the guest has its volume and no other', timeoutMs: 20_000 });
  await detached(volume);
});

const settled = (server: string, vmState: string) =>
  until(async () => (await cloud.server(server)).vmState === vmState && (await cloud.server(server)).taskState === null, {
    what: `server ${server} is ${vmState}`,
    timeoutMs: 20_000,
  });

test('what is added to a volume reaches a running guest, and one that is off at its next start', async () => {
  const volume = await newVolume();
  await attach({ volumeId: volume });
  cloud.volumes.startEngine();
  const seen = () => cloud.host('host-1').volumesOf(asId(id))[0]?.connection.data['size_gb'];
  const grows = async (sizeGb: number, sees = sizeGb) => {
    const ctx = { ...contextOf('demo'), requestId: `req-${systemIds.uuid()}` };
    await cloud.volumes.api().actions.extend(ctx, volume, sizeGb, { whileAttached: true });
    await until(async () => seen() === sees && (await statusOf(volume)) === 'in-use', { what: 'the guest sees it', timeoutMs: 20_000 });
    const path = `/servers/${id}/os-instance-actions/${ctx.requestId}`;
    await until(async () => (await face.ask('GET', path, { at: '2.58', as: 'admin' })).body.instanceAction?.events.length === 1, {
      what: 'the action has its event',
      timeoutMs: 20_000,
    });
    return (await face.ask('GET', path, { at: '2.58', as: 'admin' })).body.instanceAction;
  };
  expect(await grows(2)).toMatchObject({ action: 'extend_volume', events: [{ event: 'compute_extend_volume', result: 'Success' }] });
  await face.act(id, { 'os-stop': null });
  await settled(id, 'stopped');
  expect(await grows(3)).toMatchObject({ action: 'extend_volume', message: null });
  await face.act(id, { 'os-start': null });
  await settled(id, 'active');
  const event = { name: 'volume-extended', server_uuid: id, tag: volume };
  const told = await face.ask('POST', '/os-server-external-events', { at: '2.51', as: 'admin', body: { events: [event] } });
  expect([told.status, told.body.events[0].code]).toEqual([200, 200]);
  await detached(volume);
});

test('a rebuilt guest has the volumes that the server had', async () => {
  const volume = await newVolume();
  await attach({ volumeId: volume });
  expect((await face.act(id, { rebuild: { imageRef: (await cloud.server(id)).image?.id } })).status).toBe(202);
  await settled(id, 'active');
  expect([plugged(), await statusOf(volume)]).toEqual([[volume], 'in-use']);
  await detached(volume);
});

test('a shelved server keeps its volumes, gets and loses others, and its guest has them when it is unshelved', async () => {
  const [kept, added, removed] = [await newVolume(), await newVolume(), await newVolume()];
  const server = await face.boot();
  for (const volumeId of [kept, removed]) expect((await attach({ volumeId }, { server })).status).toBe(200);
  await face.act(server, { shelve: null });
  await settled(server, 'shelved_offloaded');
  expect([await statusOf(kept), await statusOf(removed)]).toEqual(['reserved', 'reserved']);
  const { attachments } = cloud.volumes.api();
  const { attachmentId = '' } = (await cloud.server(server)).volumes[0] ?? {};
  await expect(attachments.delete({ ...contextOf('demo'), requestId: 'req-owner' }, attachmentId)).rejects.toThrow(
    `Detach volume from instance ${server} using the Compute API`,
  );
  expect((await attach({ volumeId: added }, { server })).body.volumeAttachment.device).toBe('/dev/vdd');
  expect(await statusOf(added)).toBe('in-use');
  await detached(removed, server);
  const { faults } = cloud.host('host-1');
  faults['spawn'] = { failureRate: 1 };
  await face.act(server, { unshelve: null });
  await settled(server, 'shelved_offloaded');
  delete faults['spawn'];
  expect([await statusOf(kept), await statusOf(added)]).toEqual(['reserved', 'reserved']);
  await face.act(server, { unshelve: null });
  await settled(server, 'active');
  expect(plugged(server)).toEqual([kept, added]);
  expect([await statusOf(kept), await statusOf(added)]).toEqual(['in-use', 'in-use']);
  await face.ask('DELETE', `/servers/${server}`);
  await until(async () => (await statusOf(kept)) === 'available', { what: 'the volume is free', timeoutMs: 20_000 });
});
