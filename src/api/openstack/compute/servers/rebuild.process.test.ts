import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { bogusImage, largeImage, sampleImage, strangeImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const show = async (id: string, at = '2.90') => (await face.ask('GET', `/servers/${id}`, { at, as: 'admin' })).body.server;
const settled = (id: string) =>
  until(async () => (await cloud.server(id)).taskState === null, { what: `server ${id} is settled`, timeoutMs: 20_000 });
const rebuild = (id: string, more: object = {}, at = '2.90') => face.act(id, { rebuild: { imageRef: sampleImage.id, ...more } }, { at });
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
const actions = async (id: string) =>
  (await face.ask('GET', `/servers/${id}/os-instance-actions`)).body.instanceActions.map((one: { action: string; message: string }) => [
    one.action,
    one.message,
  ]);

describe('a rebuild', () => {
  test('makes the guest anew under the same id and addresses, and changes what it names', async () => {
    const id = await face.boot();
    const before = await show(id);
    const asked = { name: 'anew', adminPass: 'chosen', metadata: { a: '1' }, description: 'fresh', user_data: 'aGk=', hostname: 'anew' };
    const answer = await rebuild(id, asked);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toMatch(new RegExp(`/v2.1/servers/${id}$`));
    expect(answer.body.server).toMatchObject({
      id,
      name: 'anew',
      adminPass: 'chosen',
      status: 'REBUILD',
      metadata: { a: '1' },
      user_data: 'aGk=',
    });
    await settled(id);
    expect(await show(id)).toMatchObject({
      status: 'ACTIVE',
      name: 'anew',
      description: 'fresh',
      addresses: before.addresses,
      'OS-EXT-SRV-ATTR:hostname': 'anew',
      'OS-EXT-SRV-ATTR:host': before['OS-EXT-SRV-ATTR:host'],
    });
    const output = await face.act(id, { 'os-getConsoleOutput': {} });
    expect(output.body.output).toContain('hostname=anew');
    expect(output.body.output).not.toContain('boots=2');
    expect(await actions(id)).toEqual([
      ['rebuild', null],
      ['create', null],
    ]);
  });

  test('leaves a server down that was down, and makes a password where none was chosen', async () => {
    const id = await face.boot();
    await face.act(id, { 'os-stop': null });
    await settled(id);
    const answer = await rebuild(id, {}, '2.1');
    expect([answer.status, answer.body.server.status]).toEqual([202, 'REBUILD']);
    expect(answer.body.server.adminPass).toMatch(/^\w{12}$/);
    expect(Object.keys(answer.body.server)).not.toContain('key_name');
    await settled(id);
    expect(await show(id)).toMatchObject({ status: 'SHUTOFF' });
    expect(await cloud.host('host-1').driver.powerState((await cloud.server(id)).id)).toBe('shutdown');
  });

  test('with an image that its host cannot run ends in error, says why, and touches neither guest nor image', async () => {
    const id = await face.boot();
    expect((await rebuild(id, { imageRef: strangeImage.id })).body.server.image.id).toBe(strangeImage.id);
    await settled(id);
    const server = await show(id);
    expect(server).toMatchObject({ status: 'ERROR', image: { id: sampleImage.id } });
    expect(server.fault.message).toContain('no architecture sparc, which the image demands');
    expect(await cloud.host('host-1').driver.powerState((await cloud.server(id)).id)).toBe('running');
    await rebuild(id);
    await settled(id);
    expect(await show(id)).toMatchObject({ status: 'ACTIVE' });
  });

  test.each<[string, object, number, RegExp, string?]>([
    ['an unknown image', { imageRef: '00000000-0000-4000-8000-000000000000' }, 400, /could not be found/],
    ['no image id', { imageRef: 'x' }, 400, /imageRef/],
    // Fault 2026-11 A3.
    ['an image with an invalid property', { imageRef: bogusImage.id }, 400, /^Invalid image metadata. Error: hw_disk_bus/],
    ['an image that is too large', { imageRef: largeImage.id }, 400, /memory is too small/],
    ['an unknown keypair', { key_name: 'nobodys' }, 400, /Invalid key_name/],
    ['an ephemeral disk to keep', { preserve_ephemeral: true }, 501, /preserving ephemeral/],
    ['a key before its version', { key_name: 'k' }, 400, /key_name/, '2.53'],
    ['files after their version', { personality: [] }, 400, /personality/, '2.57'],
  ])('refuses %s', async (_what, more, status, message, at) => {
    const id = await face.boot();
    const answer = await rebuild(id, more, at);
    expect([answer.status, words(answer)]).toEqual([status, expect.stringMatching(message)]);
    expect(await show(id)).toMatchObject({ status: 'ACTIVE' });
  });

  test('is refused by a locked and by a paused server, and to strangers', async () => {
    const id = await face.boot();
    await face.act(id, { lock: null });
    expect((await rebuild(id)).status).toBe(409);
    await face.act(id, { unlock: null });
    await face.act(id, { pause: null });
    await settled(id);
    const refused = await rebuild(id);
    expect([refused.status, words(refused)]).toEqual([409, `Cannot 'rebuild' instance ${id} while it is in vm_state paused`]);
    expect((await face.act(id, { rebuild: { imageRef: sampleImage.id } }, { as: 'other' })).status).toBe(404);
  });
});
