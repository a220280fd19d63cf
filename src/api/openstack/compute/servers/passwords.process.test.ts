/** Passwords of guests: those that guests choose and post, and those that answers tell. */
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
