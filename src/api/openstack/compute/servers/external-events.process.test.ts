/** What other services tell of servers, over HTTP: the code of each event, and what becomes of it. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
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

const tell = (events: readonly object[], at = '2.93', as: 'admin' | 'demo' = 'admin') =>
  face.ask('POST', '/os-server-external-events', { at, as, body: { events } });
const codes = async (...events: readonly object[]) => {
  const { status, body } = await tell(events);
  return [status, ...body.events.map(({ code }: { code: number }) => code)];
};
const settled = (vmState: string) =>
  until(
    async () => {
      const server = await cloud.server(id);
      return server.vmState === vmState && server.taskState === null;
    },
    { what: `the server is ${vmState}`, timeoutMs: 20_000 },
  );

test('each event has its code, and the answer is 207 if one was not taken', async () => {
  const of = { server_uuid: id };
  expect(
    await codes({ ...of, name: 'network-vif-plugged', tag: NOBODY }, { ...of, name: 'network-vif-unplugged', status: 'failed' }),
  ).toEqual([200, 200, 200]);
  expect(
    await codes(
      { name: 'network-changed', server_uuid: NOBODY },
      { ...of, name: 'network-changed' },
      { ...of, name: 'power-update' },
      { ...of, name: 'power-update', tag: 'POWER_MAYBE' },
      { ...of, name: 'accelerator-request-bound' },
      { ...of, name: 'volume-extended', tag: NOBODY },
    ),
  ).toEqual([207, 404, 200, 400, 400, 400, 404]);
  const { body } = await tell([{ name: 'network-changed', server_uuid: NOBODY, tag: 'x' }]);
  expect(body).toEqual({ events: [{ name: 'network-changed', server_uuid: NOBODY, tag: 'x', status: 'failed', code: 404 }] });
  const { id: nowhere } = await cloud.boot({}, { deaf: true });
  expect(await codes({ name: 'network-changed', server_uuid: nowhere })).toEqual([207, 422]);
});

test('names exist since their versions, and only services and admins may tell', async () => {
  const since = { 'volume-extended': '2.51', 'power-update': '2.76', 'accelerator-request-bound': '2.82', 'volume-reimaged': '2.93' };
  for (const [name, at] of Object.entries(since)) {
    const before = `2.${Number(at.slice(2)) - 1}`;
    const event = { name, server_uuid: NOBODY, tag: 'x' };
    expect([name, (await tell([event], before)).status, (await tell([event], at)).status]).toEqual([name, 400, 207]);
  }
  expect((await tell([])).status).toBe(400);
  expect((await tell([{ name: 'network-changed', server_uuid: id }], '2.1', 'demo')).status).toBe(403);
});

test('a change of the network is shown', async () => {
  await sql`UPDATE servers SET network_info = '[]' WHERE id = ${id}`.execute(database.db);
  expect(await codes({ name: 'network-changed', server_uuid: id })).toEqual([200, 200]);
  expect((await cloud.server(id)).networkInfo).toHaveLength(1);
});

test('a server follows the power of its machine; what is out of date changes nothing', async () => {
  const event = { name: 'power-update', server_uuid: id };
  expect(await codes({ ...event, tag: 'POWER_ON' })).toEqual([200, 200]);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', taskState: null });
  expect(await codes({ ...event, tag: 'POWER_OFF' })).toEqual([200, 200]);
  await settled('stopped');
  expect(await codes({ ...event, tag: 'POWER_ON' })).toEqual([200, 200]);
  await settled('active');
  const { body } = await face.ask('GET', `/servers/${id}/os-instance-actions`, { as: 'admin' });
  expect(body.instanceActions.map(({ action }: { action: string }) => action)).toEqual(['start', 'stop', 'create']);
});

test('the card of a deleted port is taken out of the guest', async () => {
  const [port] = (await cloud.server(id)).networkInfo;
  expect(await codes({ name: 'network-vif-deleted', server_uuid: id, tag: port?.portId })).toEqual([200, 200]);
  const cards = () => cloud.host('host-1').cardsOf(asId(id));
  await until(async () => (await cards()).length === 0, { what: 'the card is out', timeoutMs: 20_000 });
});
