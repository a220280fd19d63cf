import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { holdings } from '../../../../../test/support/server-holdings.ts';
import { sampleImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud, someone } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
import { offloadShelved } from '../../../../compute/servers/overdue.ts';
import { ConductorApi } from '../../../../conductor/api.ts';
import { conductorRpc } from '../../../../conductor/rpcapi.ts';
import { silentLog } from '../../../../lib/log/log.ts';
import { clientOf } from '../../../../lib/rpc/client.ts';
import { systemClock } from '../../../../lib/clock/clock.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let id: string;
const hosts = ['host-1', 'host-2'] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start(...hosts);
  await cloud.db.updateTable('services').set({ zone: 'east' }).where('host', '=', 'host-2').execute();
  cloud.startEngine();
  face = await openFace(cloud);
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});
beforeEach(async () => {
  id = await face.boot();
});
afterEach(async () => {
  for (const name of hosts) for (const call of Object.keys(cloud.host(name).faults)) delete cloud.host(name).faults[call];
  cloud.options.shelvedOffloadSeconds = 0;
  await face.ask('DELETE', `/servers/${id}`);
  await until(async () => (await cloud.server(id)).vmState === 'deleted', { what: 'the server is gone', timeoutMs: 20_000 });
  // Whatever was done to it, nothing is left.
  expect(cloud.images.all).toEqual([]);
  expect(await holdings(cloud)).toMatchObject({ placements: [], used: [], ports: [], guests: [], plugged: [] });
});

const server = () => cloud.server(id);
const settled = () => until(async () => (await server()).workflowId === null, { what: `server ${id} is settled`, timeoutMs: 20_000 });
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
const act = async (action: object, asking: Parameters<SimulatedFace['act']>[2] = {}) => {
  const answer = await face.act(id, action, asking);
  await settled();
  return answer;
};
const shelve = () => act({ shelve: null });
const unshelve = (body: object | null = null, at = '2.91', as: 'admin' | 'demo' = 'admin') => act({ unshelve: body }, { at, as });
const guests = async () => (await holdings(cloud)).guests;
/** Takes servers off their hosts that were shelved so many seconds ago. */
const offload = (seconds: number) => {
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const before = new Date(systemClock.now().getTime() - seconds * 1_000);
  return offloadShelved({ db: cloud.db, ids: systemIds, conductor }, { before, limit: 10 });
};
const discarded = () => until(async () => cloud.images.all.length === 0, { what: 'the image is discarded', timeoutMs: 20_000 });

describe('a server that leaves its host when it is shelved', () => {
  test('holds nothing but its image, its ports and its place in the quota, and is started on any host', async () => {
    const before = await server();
    expect((await shelve()).status).toBe(202);
    expect(await server()).toMatchObject({
      vmState: 'shelved_offloaded',
      taskState: null,
      host: null,
      powerState: 'shutdown',
      fault: null,
    });
    expect(cloud.images.all).toMatchObject([{ name: 'web-shelved', owner: 'd0', visibility: 'private', isWhole: true }]);
    const held = await holdings(cloud);
    expect(held).toMatchObject({ placements: [], used: [], guests: [], plugged: [], ports: [{ host: null, addresses: 1 }] });
    const { body } = await face.ask('GET', `/servers/${id}`);
    expect(body.server).toMatchObject({ status: 'SHELVED_OFFLOADED', hostId: '', 'OS-EXT-STS:power_state': 4 });

    expect((await unshelve()).status).toBe(202);
    const after = await server();
    expect(after).toMatchObject({ vmState: 'active', powerState: 'running', taskState: null, image: before.image, fault: null });
    expect(after.networkInfo).toEqual(before.networkInfo);
    expect(await guests()).toEqual([`running on ${after.host}`]);
    await discarded();
    await until(async () => (await server()).shelved === null, { what: 'the image is forgotten', timeoutMs: 20_000 });
  });

  test('records what was done to it', async () => {
    await shelve();
    await unshelve();
    const { body } = await face.ask('GET', `/servers/${id}/os-instance-actions`);
    const actions = body.instanceActions.map(({ action, message }: { action: string; message: null }) => [action, message]);
    expect(actions).toEqual([
      ['unshelve', null],
      ['shelve', null],
      ['create', null],
    ]);
    const events = async (request: string) =>
      (await face.ask('GET', `/servers/${id}/os-instance-actions/${request}`, { as: 'admin' })).body.instanceAction.events.map(
        ({ event }: { event: string }) => event,
      );
    expect(await events(body.instanceActions[1].request_id)).toEqual(['compute_shelve_instance', 'compute_shelve_offload_instance']);
    expect(await events(body.instanceActions[0].request_id)).toEqual(['get_image_info', 'schedule_instances', 'compute_unshelve_instance']);
  });

  test('is started in a zone or on a host that is asked for', async () => {
    await shelve();
    await unshelve({ availability_zone: 'east' }, '2.77', 'demo');
    expect(await server()).toMatchObject({ vmState: 'active', host: 'host-2', zone: 'east', requestedZone: 'east' });
    await shelve();
    await unshelve({ availability_zone: null, host: 'host-1' });
    expect(await server()).toMatchObject({ vmState: 'active', host: 'host-1', requestedZone: null });
  });

  test('stays aside where zone and host make no sense', async () => {
    await shelve();
    const refused = async (body: object, at?: string, as?: 'admin' | 'demo') => {
      const answer = await unshelve(body, at, as);
      return [answer.status, words(answer)];
    };
    expect(await refused({ availability_zone: 'west' })).toEqual([400, 'The requested availability zone is not available']);
    expect(await refused({ host: 'host-9' })).toEqual([400, 'Compute host host-9 could not be found.']);
    expect(await refused({ availability_zone: 'east', host: 'host-1' })).toEqual([
      409,
      'Host "host-1" is not in the availability zone "east".',
    ]);
    expect((await refused({ host: 'host-1' }, '2.91', 'demo'))[0]).toBe(403);
    expect((await refused({ host: 'host-1' }, '2.90'))[0]).toBe(400);
    expect((await refused({ availability_zone: null }, '2.90'))[0]).toBe(400);
    expect(await server()).toMatchObject({ vmState: 'shelved_offloaded', requestedZone: null });
    // Before 2.77 whatever is sent is ignored.
    expect((await unshelve({ availability_zone: 'west' }, '2.76')).status).toBe(202);
    expect(await server()).toMatchObject({ vmState: 'active' });
  });

  test('stays aside when no host can take it, and can be started later', async () => {
    await shelve();
    await cloud.db.updateTable('services').set({ disabled: true }).execute();
    await unshelve();
    expect(await server()).toMatchObject({
      vmState: 'shelved_offloaded',
      taskState: null,
      host: null,
      fault: { message: expect.stringContaining('No valid host was found') },
    });
    await cloud.db.updateTable('services').set({ disabled: false }).execute();
    await unshelve();
    expect(await server()).toMatchObject({ vmState: 'active', fault: null });
  });

  test('stays aside when its guest cannot be made', async () => {
    await shelve();
    for (const name of hosts) cloud.host(name).faults['spawn'] = { failureRate: 1 };
    await unshelve();
    expect(await server()).toMatchObject({ vmState: 'shelved_offloaded', host: null });
    expect(await holdings(cloud)).toMatchObject({ placements: [], used: [], guests: [], ports: [{ host: null }] });
    expect(cloud.images.all.length).toBe(1);
  });

  test('is lost when somebody deletes its image', async () => {
    await shelve();
    for (const image of cloud.images.all) await cloud.images.discard(someone(), image.id);
    await unshelve();
    expect(await server()).toMatchObject({
      vmState: 'error',
      fault: { code: 404, message: expect.stringContaining('Error during unshelve') },
    });
  });

  test('refuses what needs a guest', async () => {
    await shelve();
    const tried = [
      { 'os-start': null },
      { reboot: { type: 'HARD' } },
      { pause: null },
      { createImage: { name: 'x' } },
      { shelve: null },
      { rebuild: { imageRef: sampleImage.id } },
    ];
    for (const action of tried) expect([action, (await face.act(id, action)).status]).toEqual([action, 409]);
    expect((await face.act(id, { 'os-getConsoleOutput': {} })).status).toBe(409);
  });
});

describe('a server that stays on its host when it is shelved', () => {
  beforeEach(() => {
    cloud.options.shelvedOffloadSeconds = -1;
  });

  test('is powered off, and on again where it is', async () => {
    const { host } = await server();
    await shelve();
    expect(await server()).toMatchObject({ vmState: 'shelved', taskState: null, host, powerState: 'shutdown' });
    expect(await guests()).toEqual([`shutdown on ${host}`]);
    const refused = await unshelve({ host: 'host-2' });
    expect([refused.status, words(refused)]).toEqual([
      409,
      `Specifying an availability zone or a host when unshelving server "${id}" with status "SHELVED" is not supported. ` +
        'The server status must be SHELVED_OFFLOADED.',
    ]);
    await unshelve();
    expect(await server()).toMatchObject({ vmState: 'active', host, powerState: 'running' });
    expect(await guests()).toEqual([`running on ${host}`]);
    await discarded();
  });

  test('stays shelved when its guest cannot be powered on', async () => {
    await shelve();
    for (const name of hosts) cloud.host(name).faults['powerOn'] = { failureRate: 1 };
    await unshelve();
    expect(await server()).toMatchObject({ vmState: 'shelved', taskState: null, fault: { code: 500 } });
    expect(cloud.images.all.length).toBe(1);
  });

  test('leaves it when an administrator says so, or after a while', async () => {
    await shelve();
    expect((await act({ shelveOffload: null })).status).toBe(403);
    expect((await act({ shelveOffload: null }, { as: 'admin' })).status).toBe(202);
    expect(await server()).toMatchObject({ vmState: 'shelved_offloaded', host: null });
    await unshelve();
    await shelve();
    expect(await offload(3_600)).toBe(0);
    expect(await offload(-1)).toBe(1);
    await settled();
    expect(await server()).toMatchObject({ vmState: 'shelved_offloaded', host: null });
  });

  test('leaves it also when the host is down, which removes the guest when it is back', async () => {
    await shelve();
    const host = cloud.host((await server()).host);
    await host.die();
    await act({ shelveOffload: null }, { as: 'admin' });
    expect(await server()).toMatchObject({ vmState: 'shelved_offloaded', host: null });
    expect(await holdings(cloud)).toMatchObject({ placements: [], used: [] });
    await host.start();
    expect(await guests()).toEqual([]);
  });
});

describe('a shelving that fails', () => {
  test.each([
    ['active', null, 'running'],
    ['stopped', 'os-stop', 'shutdown'],
    ['suspended', 'suspend', 'shutdown'],
  ] as const)('leaves a server %s', async (vmState, way, power) => {
    if (way) await act({ [way]: null });
    for (const name of hosts) cloud.host(name).faults['snapshot'] = { failureRate: 1 };
    await shelve();
    const { host } = await server();
    expect(await server()).toMatchObject({ vmState, taskState: null, shelved: null, fault: { code: 500 } });
    expect(await guests()).toEqual([`${power} on ${host}`]);
    expect(cloud.images.all).toEqual([]);
  });

  test('leaves a paused server stopped: its memory is lost', async () => {
    await act({ pause: null });
    for (const name of hosts) cloud.host(name).faults['snapshot'] = { failureRate: 1 };
    await shelve();
    expect(await server()).toMatchObject({ vmState: 'stopped', powerState: 'shutdown' });
  });

  test('gives way to a delete', async () => {
    for (const name of hosts) cloud.host(name).faults['snapshot'] = { delayMs: 10_000 };
    await face.act(id, { shelve: null });
    await until(async () => (await server()).taskState !== null && cloud.images.all.length === 1, {
      what: 'it is shelving',
      timeoutMs: 20_000,
    });
  });
});
