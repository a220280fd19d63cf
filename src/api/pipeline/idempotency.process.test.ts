import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleImage } from '../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../test/support/simulated-face.ts';
import { storedKeys } from '../../cmd/cloud/idempotency.ts';
import { forgetOldWork } from '../../db/stores/cloud/idempotency-keys.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import type { IdempotencyKeys } from './idempotency.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
/** The real store, except that the next answer can be lost, as if the process died before saving it. */
let dies = false;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  const keys = storedKeys(database.db, seededIds());
  const idempotency: IdempotencyKeys = { ...keys, keep: async (work, answer) => (dies ? undefined : keys.keep(work, answer)) };
  face = await openFace(cloud, { idempotency });
});
beforeEach(() => {
  dies = false;
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const body = (name: string, more: object = {}) => ({ server: { name, imageRef: sampleImage.id, flavorRef: '1', ...more } });
const boot = (key: string, name: string, more: object = {}) =>
  face.ask('POST', '/servers', { body: body(name, more), headers: { 'idempotency-key': key } });

const removeNone = () => face.ask('DELETE', '/servers/no-such', { headers: { 'idempotency-key': 'refused' } });
const bootAs = (as: 'demo' | 'other') => face.ask('POST', '/servers', { as, body: body('mine'), headers: { 'idempotency-key': 'both' } });

async function named(name: string): Promise<number> {
  return (await face.ask('GET', `/servers?name=^${name}`)).body.servers.length;
}

/** Ages the stored keys. */
const later = (interval: string) =>
  sql`UPDATE idempotency_keys SET created_at = created_at - ${interval}::interval, reserved_until = reserved_until - ${interval}::interval`.execute(
    database.db,
  );

test('the first answer comes again, to the letter, and the work is not', async () => {
  const first = await boot('again', 'again');
  const second = await boot('again', 'again');
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.body).toEqual(first.body);
  expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
  for (const name of ['location', 'x-compute-request-id', 'openstack-api-version', 'content-type'])
    expect(second.headers.get(name)).toBe(first.headers.get(name));
  expect(await named('again')).toBe(1);
});

test('the order of keys in a body says nothing, its content says all', async () => {
  const first = await boot('order', 'order', { metadata: { a: '1', b: '2' } });
  expect((await boot('order', 'order', { metadata: { b: '2', a: '1' } })).body).toEqual(first.body);
  const other = await boot('order', 'order', { metadata: { a: '1' } });
  expect([other.status, other.body.computeFault.code]).toEqual([422, 422]);
});

test.each([
  ['another path', () => face.ask('DELETE', '/servers/x', { headers: { 'idempotency-key': 'one' } })],
  ['another version', () => face.ask('POST', '/servers', { at: '2.3', body: body('one'), headers: { 'idempotency-key': 'one' } })],
])('a key for %s is refused', async (_what, asked) => {
  await boot('one', 'one');
  expect((await asked()).status).toBe(422);
});

test('a refusal is an answer too', async () => {
  const [first, second] = [await removeNone(), await removeNone()];
  expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([404, 404, 'true']);
  expect(second.body).toEqual(first.body);
});

test('what was malformed has used no key', async () => {
  expect((await boot('malformed', '')).status).toBe(400);
  expect((await boot('malformed', 'wellformed')).status).toBe(202);
});

test('reading is not remembered', async () => {
  const asking = { headers: { 'idempotency-key': 'read' } };
  await face.ask('GET', '/servers', asking);
  expect((await face.ask('GET', '/servers', asking)).headers.get('idempotency-replayed')).toBeNull();
});

test.each(['', ' ', 'a b', 'x'.repeat(256), 'ä'])('the key "%s" is none', async (key) => {
  expect((await boot(key, 'none')).status).toBe(400);
});

test('two projects may use the same key', async () => {
  const [mine, theirs] = [await bootAs('demo'), await bootAs('other')];
  expect([mine.status, theirs.status]).toEqual([202, 202]);
  expect(mine.body.server.id).not.toBe(theirs.body.server.id);
});

test('of many at once one does the work; the others wait for their turn, or get its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => boot('crowd', 'crowd')));
  const done = answers.filter(({ status }) => status === 202);
  const busy = answers.filter(({ status }) => status === 409);
  expect(done.length + busy.length).toBe(12);
  expect(new Set(done.map((answer) => answer.body.server.id)).size).toBe(1);
  expect(busy.every(({ headers, body: { conflictingRequest } }) => headers.get('retry-after') === '1' && conflictingRequest)).toBe(true);
  expect(await named('crowd')).toBe(1);
});

describe('after a process died that had done the work and not answered', () => {
  test('a boot is not done twice', async () => {
    dies = true;
    const first = await boot('died', 'died', { min_count: 2 });
    dies = false;
    expect((await boot('died', 'died', { min_count: 2 })).status).toBe(409);
    await later('2 minutes');
    const again = await boot('died', 'died', { min_count: 2 });
    expect([again.status, again.body.server.id]).toEqual([202, first.body.server.id]);
    expect(await named('died')).toBe(2);
    expect((await boot('died', 'died', { min_count: 2 })).headers.get('idempotency-replayed')).toBe('true');
  });

  test('an action is not done twice, nor a delete of what is gone', async () => {
    const id = await face.boot({ name: 'acted' });
    const actions = async () => (await face.ask('GET', `/servers/${id}/os-instance-actions`, { at: '2.21' })).body.instanceActions.length;
    const twice = async (ask: () => Promise<{ status: number }>, state: string) => {
      dies = true;
      const first = await ask();
      dies = false;
      await expect.poll(async () => (await cloud.server(id)).vmState, { timeout: 10_000 }).toBe(state);
      await later('2 minutes');
      return [first.status, (await ask()).status];
    };
    const reboot = () =>
      face.ask('POST', `/servers/${id}/action`, { body: { reboot: { type: 'HARD' } }, headers: { 'idempotency-key': 'r' } });
    expect(await twice(reboot, 'active')).toEqual([202, 202]);
    expect(await actions()).toBe(2);
    const remove = () => face.ask('DELETE', `/servers/${id}`, { headers: { 'idempotency-key': 'd' } });
    expect(await twice(remove, 'deleted')).toEqual([204, 204]);
    expect(await actions()).toBe(3);
  });

  test('work that had not begun is begun', async () => {
    dies = true;
    await boot('never', 'never');
    dies = false;
    // As if the process died before it wrote anything: only the key is stored.
    const request = sql`SELECT request_id FROM instance_actions WHERE server_id IN (SELECT id FROM servers WHERE name = 'never')`;
    await sql`DELETE FROM change_results WHERE request_id IN (${request})`.execute(database.db);
    await later('2 minutes');
    expect((await boot('never', 'never')).status).toBe(202);
    expect(await named('never')).toBe(2);
  });
});

test('after a day a key is forgotten, and may be used for other work', async () => {
  await boot('day', 'day');
  await later('25 hours');
  expect((await boot('day', 'night')).status).toBe(202);
  await later('25 hours');
  expect(await forgetOldWork(database.db)).toBeGreaterThan(5);
  expect(await forgetOldWork(database.db)).toBe(0);
});

test('neither keys nor passwords can be read where they are kept', async () => {
  const { body: answer } = await boot('secret-key', 'sealed');
  const { rows } = await sql`SELECT * FROM idempotency_keys`.execute(database.db);
  const kept = JSON.stringify(rows);
  expect([kept.includes('secret-key'), kept.includes(answer.server.adminPass)]).toEqual([false, false]);
});
