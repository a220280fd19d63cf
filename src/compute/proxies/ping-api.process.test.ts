/** Which servers answer pings, on simulated hosts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { SimulatedCloud } from '../../../test/support/simulated-cloud.ts';
import { contextOf, openFace, type SimulatedFace } from '../../../test/support/simulated-face.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { networkRpc } from '../../network/rpcapi.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { type PingListing, PingApi } from './ping-api.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let pings: PingApi;
const booted: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
  for (let count = 0; count < 3; count += 1) booted.push(await face.boot());
  pings = new PingApi({ db: database.db, policy: novaPolicy(), network: clientOf(networkRpc, cloud.bus) });
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const as = (user: 'admin' | 'demo' | 'other') => ({ ...contextOf(user), requestId: 'req-1' });
const list = async (listing: Partial<PingListing> = {}, user: 'admin' | 'demo' | 'other' = 'demo') =>
  Object.fromEntries((await pings.list(as(user), { ofAllProjects: false, ...listing })).map(({ server, isAlive }) => [server.id, isAlive]));

test('servers that run answer, those that are off do not', async () => {
  const [running = '', off = '', third = ''] = booted;
  await face.act(off, { 'os-stop': null });
  await expect.poll(async () => (await cloud.server(off)).vmState).toBe('stopped');
  expect(await list()).toEqual({ [running]: true, [off]: false, [third]: true });
  expect(await list({ include: [running, off], exclude: [running] })).toEqual({ [running]: true, [off]: false });
  expect(await list({ exclude: [running, off] })).toEqual({ [third]: true });
  expect(await pings.show(as('demo'), running)).toMatchObject({ isAlive: true, server: { projectId: as('demo').projectId } });
});

test('others see them only with the right to see all projects', async () => {
  const [running = ''] = booted;
  expect(await list({}, 'other')).toEqual({});
  await expect(pings.show(as('other'), running)).rejects.toThrow(`Instance ${running} could not be found.`);
  await expect(list({ ofAllProjects: true })).rejects.toThrow('os-fping:all_tenants');
  expect(Object.keys(await list({ ofAllProjects: true }, 'admin'))).toHaveLength(3);
});

test('a server whose host is away does not answer', async () => {
  await cloud.host('host-1').die();
  expect(Object.values(await list())).toEqual([false, false, false]);
});
