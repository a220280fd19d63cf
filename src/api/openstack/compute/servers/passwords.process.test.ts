/** Passwords of guests: those that guests choose and post, and those that answers tell. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { rescueImage, sampleImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { MetadataApi } from '../../../../compute/servers/guest-metadata-api.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
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

test('the password that a guest posts is shown to its project, until it is cleared or the guest is made anew', async () => {
  const guests = new MetadataApi({ db: database.db, ids: systemIds, dhcpDomain: '' });
  const id = await face.boot();
  const path = `/servers/${id}/os-server-password`;
  const post = (text: string) => guests.postPassword({ id: asId(id), projectId: 'd0' }, Buffer.from(text), 'req-guest');
  const shown = async () => (await face.ask('GET', path)).body;

  expect(await shown()).toEqual({ password: '' });
  await post('encrypted');
  expect(await shown()).toEqual({ password: 'encrypted' });
  await expect(post('again')).rejects.toThrow('posted already');
  const foreign = await Promise.all(['GET', 'DELETE'].map((method) => face.ask(method, path, { as: 'other' })));
  expect(foreign.map(({ status }) => status)).toEqual([404, 404]);
  const odd = await Promise.all(['2.101', '2.102'].map((at) => face.ask('GET', `${path}?x=1`, { at })));
  expect(odd.map(({ status }) => status)).toEqual([200, 400]);

  expect([(await face.ask('DELETE', path)).status, await shown()]).toEqual([204, { password: '' }]);
  expect((await face.ask('DELETE', path)).status).toBe(204);
  await post('anew');
  await face.act(id, { lock: null });
  expect(await shown()).toEqual({ password: 'anew' });
  await face.act(id, { unlock: null });
  await face.act(id, { rebuild: { imageRef: sampleImage.id } });
  await rest(id, 'active');
  expect(await shown()).toEqual({ password: '' });
  await face.ask('DELETE', `/servers/${id}`);
  await rest(id, 'deleted');
  expect((await face.ask('GET', path)).status).toBe(404);
});

test('a cloud that does not tell passwords leaves them out of every answer', async () => {
  const discreet = await openFace(cloud, {}, cloud.api(), { showsPasswords: false });
  const server = { name: 'web', imageRef: sampleImage.id, flavorRef: '1', adminPass: 'given' };
  const booted = await discreet.ask('POST', '/servers', { body: { server } });
  expect(booted).toMatchObject({ status: 202 });
  const { id } = booted.body.server;
  await rest(id, 'active');
  const rebuilt = await discreet.act(id, { rebuild: { imageRef: sampleImage.id } });
  expect(rebuilt).toMatchObject({ status: 202 });
  await rest(id, 'active');
  const rescued = await discreet.act(id, { rescue: { rescue_image_ref: rescueImage.id } });
  expect([rescued.status, rescued.body]).toEqual([200, {}]);
  expect(JSON.stringify([booted.body, rebuilt.body])).not.toContain('adminPass');
  await rest(id, 'rescued');
  await discreet.close();
});

const guest = (id: string) => cloud.host('host-1').driver.guestOf(asId(id));
const digest = (password: string) => createHash('sha256').update(password).digest('hex');
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
const rowOf = (id: string) =>
  database.db.selectFrom('servers').select(['admin_password', 'task_state']).where('id', '=', id).executeTakeFirstOrThrow();
/** Says what the hypervisors of all hosts can do. */
const abilities = (all: string | null) => cloud.db.updateTable('compute_nodes').set({ capabilities: all }).execute();
const change = (id: string, adminPass: string) => face.act(id, { changePassword: { adminPass } });

test('a password is set in the running guest, and kept nowhere else', async () => {
  const id = await face.boot();
  const { faults } = cloud.host('host-1');
  faults['setAdminPassword'] = { delayMs: 500 };
  expect((await change(id, 'secret-1')).status).toBe(202);
  expect((await face.ask('GET', `/servers/${id}`)).body.server).toMatchObject({
    status: 'PASSWORD',
    'OS-EXT-STS:task_state': 'updating_password',
  });
  const refused = await change(id, 'secret-2');
  expect([refused.status, words(refused)]).toEqual([
    409,
    `Cannot 'changePassword' instance ${id} while it is in task_state updating_password`,
  ]);
  await rest(id, 'active');
  expect(guest(id).adminPasswordDigest).toBe(digest('secret-1'));
  expect(await rowOf(id)).toEqual({ admin_password: null, task_state: null });

  faults['setAdminPassword'] = { failureRate: 1 };
  expect((await change(id, 'secret-3')).status).toBe(202);
  await rest(id, 'active');
  expect(guest(id).adminPasswordDigest).toBe(digest('secret-1'));
  const { instanceActions } = (await face.ask('GET', `/servers/${id}/os-instance-actions`)).body;
  expect(instanceActions.map(({ action, message }: Record<string, unknown>) => [action, message])).toEqual([
    ['changePassword', 'Error'],
    ['changePassword', null],
    ['create', null],
  ]);
  expect(await rowOf(id)).toEqual({ admin_password: null, task_state: null });
  delete faults['setAdminPassword'];
});

test('a password is refused for a server that does not run, and where nobody can set it', async () => {
  const id = await face.boot();
  const imageWith = (properties: Record<string, string>) =>
    cloud.db
      .updateTable('servers')
      .set({ image: JSON.stringify({ ...sampleImage, properties }) })
      .where('id', '=', id)
      .execute();
  await abilities('["pause"]');
  const unable = await change(id, 'x');
  expect([unable.status, words(unable)]).toEqual([501, 'Unable to set password on instance']);
  await abilities('["setAdminPassword"]');
  const agentless = await change(id, 'x');
  expect([agentless.status, words(agentless)]).toEqual([409, 'QEMU guest agent is not enabled']);
  await imageWith({ hw_qemu_guest_agent: 'yes' });
  expect((await change(id, 'agent')).status).toBe(202);
  await rest(id, 'active');
  expect(guest(id).adminPasswordDigest).toBe(digest('agent'));
  await face.act(id, { 'os-stop': null });
  await rest(id, 'stopped');
  const off = await change(id, 'x');
  expect([off.status, words(off)]).toEqual([409, `Cannot 'changePassword' instance ${id} while it is in vm_state stopped`]);
  await abilities(null);
});
