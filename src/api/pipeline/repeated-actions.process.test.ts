/** An action whose answer was lost is repeated under its key when its work has long ended: the client gets the answer of the first attempt. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleFlavor, sampleImage } from '../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../test/support/simulated-face.ts';
import { storedKeys } from '../../cmd/cloud/idempotency.ts';
import { insertFlavor } from '../../db/stores/flavors/flavors.ts';
import { seededIds } from '../../lib/clock/ids.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
/** Whether answers are lost, as if the process died before it saved them. */
let dies = false;

beforeAll(async () => {
  database = await createTestDatabase();
  for (const flavor of [sampleFlavor, { ...sampleFlavor, id: '2', name: 'm1.small', vcpus: 2 }]) await insertFlavor(database.db, flavor);
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1', 'host-2');
  cloud.startEngine();
  const keys = storedKeys(database.db, seededIds());
  face = await openFace(cloud, {
    idempotency: { ...keys, keep: async (work, answer) => (dies ? undefined : keys.keep(work, answer)) },
  });
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const restsAs = (id: string, vmState: string) =>
  expect.poll(async () => await cloud.server(id), { timeout: 20_000, interval: 20 }).toMatchObject({ vmState, taskState: null });

/** The holder of every key has been silent for long. */
const isHeldNoMore = () =>
  sql`UPDATE idempotency_keys SET created_at = created_at - interval '2 minutes', reserved_until = reserved_until - interval '2 minutes'`.execute(
    database.db,
  );

const rebuild = { rebuild: { imageRef: sampleImage.id } };
/** One after the other on one server, each with the state in which it leaves it. */
const STEPS: readonly (readonly [action: object, vmState: string])[] = [
  [{ resize: { flavorRef: '2' } }, 'resized'],
  [{ revertResize: null }, 'active'],
  [{ resize: { flavorRef: '2' } }, 'resized'],
  [{ confirmResize: null }, 'active'],
  [{ migrate: null }, 'resized'],
  [{ revertResize: null }, 'active'],
  [{ 'os-migrateLive': { host: null, block_migration: 'auto' } }, 'active'],
  [rebuild, 'active'],
  [{ rescue: null }, 'rescued'],
  [{ unrescue: null }, 'active'],
  [{ createImage: { name: 'image' } }, 'active'],
  [{ createBackup: { name: 'backup', backup_type: 'daily', rotation: 1 } }, 'active'],
  [{ changePassword: { adminPass: 'new' } }, 'active'],
  [{ shelve: null }, 'shelved_offloaded'],
  [{ unshelve: null }, 'active'],
  [{ pause: null }, 'paused'],
  [{ unpause: null }, 'active'],
  [{ suspend: null }, 'suspended'],
  [{ resume: null }, 'active'],
  [{ 'os-stop': null }, 'stopped'],
  [{ 'os-start': null }, 'active'],
  [{ reboot: { type: 'SOFT' } }, 'active'],
  [{ lock: null }, 'active'],
  [{ unlock: null }, 'active'],
  [{ 'os-resetState': { state: 'active' } }, 'active'],
];

test('each action is answered as it was first, and done once', async () => {
  const id = await face.boot({ name: 'again' }, { as: 'admin' });
  for (const [at, [action, vmState]] of STEPS.entries()) {
    const asking = { as: 'admin', at: '2.87', headers: { 'idempotency-key': `step-${at}` } } as const;
    dies = true;
    const first = await face.act(id, action, asking);
    dies = false;
    expect({ action, status: first.status, body: first.body }).toMatchObject({ status: expect.toSatisfy((one: number) => one < 300) });
    await restsAs(id, vmState);
    await isHeldNoMore();
    const second = await face.act(id, action, asking);
    expect({ action, status: second.status, body: told(second.body) }).toEqual({ action, status: first.status, body: told(first.body) });
    await restsAs(id, vmState);
  }
  const { body } = await face.ask('GET', `/servers/${id}/os-instance-actions`, { as: 'admin', at: '2.87' });
  expect(body.instanceActions).toHaveLength(1 + STEPS.length);
});

/** The part of an answer that the first attempt decides: a view of the server shows what became of it meanwhile. */
const told = ({ server, ...body }: { server?: { readonly adminPass?: string } } & object = {}) => ({
  ...body,
  adminPass: server?.adminPass,
});

test('a boot answers the password that its guests were given', async () => {
  const server = { name: 'password', imageRef: sampleImage.id, flavorRef: '1', networks: 'none' };
  const boot = () => face.ask('POST', '/servers', { at: '2.87', body: { server }, headers: { 'idempotency-key': 'boot' } });
  dies = true;
  const first = await boot();
  dies = false;
  await restsAs(first.body.server.id, 'active');
  await isHeldNoMore();
  expect((await boot()).body).toMatchObject({ server: { id: first.body.server.id, adminPass: first.body.server.adminPass } });
  expect(first.body.server.adminPass).toMatch(/^[2-9A-Za-z]{12}$/);
});
