/** Rescues, and the config drives that tell guests their passwords, as clients see them. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { oddRescueImage, rescueImage, sampleImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { endLongRescues } from '../../../../compute/servers/overdue.ts';
import { ConductorApi } from '../../../../conductor/api.ts';
import { conductorRpc } from '../../../../conductor/rpcapi.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { silentLog } from '../../../../lib/log/log.ts';
import { clientOf } from '../../../../lib/rpc/client.ts';
import { asId } from '../../../../objects/ids.ts';
import type { VmState } from '../../../../objects/states.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 2 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const rest = (id: string, vmState: VmState) =>
  expect.poll(() => cloud.server(id), { timeout: 20_000 }).toMatchObject({ vmState, taskState: null });
const guest = (id: string) => cloud.host('host-1').driver.guestOf(asId(id));
const digest = (password: string) => createHash('sha256').update(password).digest('hex');
const stored = async (id: string) =>
  (await database.db.selectFrom('servers').select('admin_password').where('id', '=', id).executeTakeFirstOrThrow()).admin_password;
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
const show = async (id: string) => (await face.ask('GET', `/servers/${id}`)).body.server;

test('a rescued server is booted from its own image or another, and is back after an unrescue', async () => {
  const id = await face.boot();
  const answer = await face.act(id, { rescue: { adminPass: 'given', rescue_image_ref: rescueImage.id } });
  expect([answer.status, answer.body]).toEqual([200, { adminPass: 'given' }]);
  await rest(id, 'rescued');
  expect(await show(id)).toMatchObject({ status: 'RESCUE', 'OS-EXT-STS:power_state': 1 });
  expect(guest(id)).toMatchObject({ power: 'running', rescuedWith: rescueImage.id });
  for (const body of [{ rescue: null }, { 'os-stop': null }, { reboot: { type: 'HARD' } }, { rebuild: { imageRef: sampleImage.id } }])
    expect((await face.act(id, body)).status).toBe(409);
  expect(await face.act(id, { unrescue: null })).toMatchObject({ status: 202 });
  await rest(id, 'active');
  expect(guest(id)).toMatchObject({ power: 'running' });
  expect(guest(id)).not.toHaveProperty('rescuedWith');
  expect((await face.act(id, { unrescue: null })).status).toBe(409);

  await face.act(id, { 'os-stop': null });
  await rest(id, 'stopped');
  const generated = await face.act(id, { rescue: null });
  expect(generated.body.adminPass).toMatch(/^\w{12,}$/);
  await rest(id, 'rescued');
  expect(guest(id).rescuedWith).toBe(sampleImage.id);
  await face.ask('DELETE', `/servers/${id}`);
  await rest(id, 'deleted');
});

test('images that no guest can be rescued with are refused, and hosts that cannot rescue', async () => {
  const id = await face.boot();
  for (const imageId of [oddRescueImage.id, '99999999-0000-4000-8000-000000000000']) {
    const refused = await face.act(id, { rescue: { rescue_image_ref: imageId } });
    expect([refused.status, words(refused)]).toEqual([400, `Requested rescue image '${imageId}' is not supported`]);
  }
  expect((await face.act(id, { rescue: { rescue_image_ref: 'no-uuid' } })).status).toBe(400);
  expect((await face.act(id, { rescue: { other: 1 } })).status).toBe(400);
  await database.db.updateTable('compute_nodes').set({ capabilities: '["pause"]' }).execute();
  expect((await face.act(id, { rescue: null })).status).toBe(501);
  await database.db.updateTable('compute_nodes').set({ capabilities: null }).execute();
  await face.ask('DELETE', `/servers/${id}`);
});

test('a rescue that fails is taken back on the host and ends in error; the server can be rebooted', async () => {
  const id = await face.boot();
  cloud.host('host-1').faults['rescue'] = { failureRate: 1 };
  await face.act(id, { rescue: null });
  await rest(id, 'error');
  delete cloud.host('host-1').faults['rescue'];
  expect(guest(id)).toMatchObject({ power: 'running' });
  expect(guest(id)).not.toHaveProperty('rescuedWith');
  await face.act(id, { reboot: { type: 'HARD' } });
  await rest(id, 'active');
  await face.ask('DELETE', `/servers/${id}`);
});

test('a rescue that lasts too long is ended', async () => {
  const id = await face.boot();
  await face.act(id, { rescue: null });
  await rest(id, 'rescued');
  const deps = { db: database.db, ids: systemIds, conductor: new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog) };
  expect(await endLongRescues(deps, { before: new Date(Date.now() - 60_000), limit: 10 })).toBe(0);
  expect(await endLongRescues(deps, { before: new Date(Date.now() + 60_000), limit: 10 })).toBe(1);
  await rest(id, 'active');
  await face.ask('DELETE', `/servers/${id}`);
});

test('a config drive tells the guest its password, also after a rebuild and in a rescue, and the cloud forgets it', async () => {
  const id = await face.boot({
    config_drive: true,
    adminPass: 'first',
    user_data: 'aGk=',
    personality: [{ path: '/etc/motd', contents: 'aGk=' }],
  });
  expect(guest(id).adminPasswordDigest).toBe(digest('first'));
  expect(guest(id).spec.configDrive?.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'ec2/2009-04-04/meta-data.json',
      'ec2/latest/user-data',
      'openstack/2012-08-10/meta_data.json',
      'openstack/latest/meta_data.json',
      'openstack/latest/network_data.json',
      'openstack/latest/user_data',
      'openstack/latest/vendor_data.json',
      'openstack/content/0000',
    ]),
  );
  expect(await stored(id)).toBeNull();
  expect((await show(id)).config_drive).toBe('True');
  await face.act(id, { rebuild: { imageRef: sampleImage.id, adminPass: 'second' } });
  await rest(id, 'active');
  expect(guest(id).adminPasswordDigest).toBe(digest('second'));
  await face.act(id, { rescue: { adminPass: 'third' } });
  await rest(id, 'rescued');
  expect(guest(id).adminPasswordDigest).toBe(digest('third'));
  expect(await stored(id)).toBeNull();
  await face.ask('DELETE', `/servers/${id}`);
});

test('a password outlives a failed attempt to boot, and not a boot that fails', async () => {
  const { body } = await face.ask('POST', '/servers', {
    body: { server: { name: 'w', imageRef: sampleImage.id, flavorRef: '1', config_drive: true, adminPass: 'kept' } },
  });
  expect(await stored(body.server.id)).toBe('kept');
  await rest(body.server.id, 'active');
  const plain = await face.boot({ adminPass: 'unwanted' });
  expect(await stored(plain)).toBeNull();
  expect(guest(plain).spec.configDrive).toBeUndefined();
  cloud.host('host-1').faults['spawn'] = { failureRate: 1 };
  const failing = await face.ask('POST', '/servers', {
    body: { server: { name: 'w', imageRef: sampleImage.id, flavorRef: '1', config_drive: true } },
  });
  await rest(failing.body.server.id, 'error');
  delete cloud.host('host-1').faults['spawn'];
  expect(await stored(failing.body.server.id)).toBeNull();
});
