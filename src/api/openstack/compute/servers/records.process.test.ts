import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let id: string;

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

const at = (server: string, path: string) => `/servers/${server}${path}`;
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;

const tags = (method: string, path = '', body?: unknown) => face.ask(method, at(id, `/tags${path}`), { at: '2.26', body });
const locked = async () => {
  const { body } = await face.ask('GET', at(id, ''), { at: '2.73' });
  return [body.server.locked, body.server.locked_reason];
};
const put = (server: object, version: string) => face.ask('PUT', at(id, ''), { at: version, body: { server } });
const show = async (as: 'demo' | 'admin', version: string) => {
  const { body } = await face.ask('GET', at(id, '/os-instance-actions'), { as, at: version });
  const { request_id: request } = body.instanceActions.find(({ action }: { action: string }) => action === 'create');
  return (await face.ask('GET', at(id, `/os-instance-actions/${request}`), { as, at: version })).body.instanceAction;
};
const build = (action: { events: { event: string }[] }) =>
  action.events.find(({ event }) => event === 'compute__do_build_and_run_instance');
const hostStatus = async (as: 'admin' | 'demo', version: string) =>
  (await face.ask('GET', at(id, ''), { as, at: version })).body.server.host_status;

describe('metadata', () => {
  test('is added to, replaced, and changed item by item', async () => {
    expect((await face.ask('POST', at(id, '/metadata'), { body: { metadata: { a: '1', b: '2' } } })).body).toEqual({
      metadata: { a: '1', b: '2' },
    });
    expect((await face.ask('POST', at(id, '/metadata'), { body: { metadata: { b: '3' } } })).body).toEqual({
      metadata: { a: '1', b: '3' },
    });
    expect((await face.ask('PUT', at(id, '/metadata'), { body: { metadata: { c: '4' } } })).body).toEqual({ metadata: { c: '4' } });
    expect((await face.ask('PUT', at(id, '/metadata/d'), { body: { meta: { d: '5' } } })).body).toEqual({ meta: { d: '5' } });
    expect((await face.ask('GET', at(id, '/metadata/d'))).body).toEqual({ meta: { d: '5' } });
    expect((await face.ask('DELETE', at(id, '/metadata/d'))).status).toBe(204);
    expect((await face.ask('GET', at(id, '/metadata'))).body).toEqual({ metadata: { c: '4' } });
  });

  test.each<[string, string, unknown, number, string]>([
    ['GET', '/metadata/nothing', undefined, 404, 'Metadata item was not found'],
    ['DELETE', '/metadata/nothing', undefined, 404, 'Metadata item was not found'],
    ['PUT', '/metadata/x', { meta: { y: '1' } }, 400, 'Request body and URI mismatch'],
    ['POST', '/metadata', { metadata: { a: '1', b: '2', d: '3' } }, 403, 'Maximum number of metadata items exceeds 3'],
    ['PUT', '/metadata', {}, 400, "'metadata' is a required property"],
  ])('%s %s with %j is refused', async (method, path, body, status, message) => {
    const answer = await face.ask(method, at(id, path), { body });
    expect([answer.status, words(answer)]).toEqual([status, message]);
  });

  test.each([{ 'a/b': 'x' }, { '': 'x' }, { a: 'x'.repeat(256) }, { ['k'.repeat(256)]: 'x' }, { a: null }])(
    '%j is none',
    async (metadata) => {
      expect((await face.ask('POST', at(id, '/metadata'), { body: { metadata } })).status).toBe(400);
    },
  );

  test("another project's is not there, nor a server that is none", async () => {
    expect((await face.ask('GET', at(id, '/metadata'), { as: 'other' })).status).toBe(404);
    expect((await face.ask('PUT', at('no-such', '/metadata'), { body: { metadata: {} } })).status).toBe(404);
  });

  test('is not changed while the server is in error, and says so', async () => {
    await face.act(id, { 'os-resetState': { state: 'error' } }, { as: 'admin' });
    const answer = await face.ask('POST', at(id, '/metadata'), { body: { metadata: { z: '1' } } });
    expect([answer.status, words(answer)]).toEqual([409, `Cannot 'update metadata' instance ${id} while it is in vm_state error`]);
    await face.act(id, { 'os-resetState': { state: 'active' } }, { as: 'admin' });
  });
});

describe('tags', () => {
  test('come one by one or together, and go', async () => {
    const created = await tags('PUT', '/blue');
    expect([created.status, created.headers.get('location')]).toEqual([201, `${face.url}/v2.1/servers/${id}/tags/blue`]);
    expect([(await tags('PUT', '/blue')).status, (await tags('GET', '/blue')).status]).toEqual([204, 204]);
    expect((await tags('PUT', '', { tags: ['red', 'green', 'red'] })).body).toEqual({ tags: ['red', 'green'] });
    expect((await tags('DELETE', '/red')).status).toBe(204);
    expect((await tags('GET')).body).toEqual({ tags: ['green'] });
    expect((await tags('DELETE')).status).toBe(204);
    expect((await tags('GET')).body).toEqual({ tags: [] });
  });

  test('that the server does not have are not found; those that are none are refused', async () => {
    const missing = await tags('DELETE', '/no');
    expect([missing.status, words(missing)]).toEqual([404, `Server ${id} has no tag 'no'`]);
    expect([(await tags('PUT', '/a,b')).status, (await tags('PUT', `/${'x'.repeat(61)}`)).status]).toEqual([400, 400]);
    expect((await tags('PUT', '', { tags: Array.from({ length: 51 }, (_, n) => `t${n}`) })).status).toBe(400);
  });

  test('are at most fifty', async () => {
    await tags('PUT', '', { tags: Array.from({ length: 50 }, (_, n) => `t${n}`) });
    const over = await tags('PUT', '/one-more');
    expect([over.status, words(over)]).toEqual([400, 'The number of tags exceeded the per-server limit 50']);
    await tags('DELETE');
  });

  test('are not there before their version', async () => {
    expect((await face.ask('GET', at(id, '/tags'), { at: '2.25' })).status).toBe(404);
    // Where all else refuses unknown parameters, these ignore them.
    expect((await face.ask('GET', at(id, '/tags?x=1'), { at: '2.103' })).status).toBe(200);
  });
});

describe('a lock', () => {
  test('of the owner is seen, holds, and is opened by the owner', async () => {
    expect((await face.act(id, { lock: { locked_reason: 'mine' } }, { at: '2.73' })).status).toBe(202);
    expect(await locked()).toEqual([true, 'mine']);
    const refused = await face.act(id, { pause: null });
    expect([refused.status, words(refused)]).toEqual([409, `Instance ${id} is locked`]);
    expect((await face.ask('PUT', at(id, '/metadata'), { body: { metadata: {} } })).status).toBe(409);
    expect((await face.act(id, { unlock: null })).status).toBe(202);
    expect(await locked()).toEqual([false, null]);
  });

  test("of an admin is not the owner's to open, nor to take over", async () => {
    await face.act(id, { lock: null }, { as: 'admin' });
    await face.act(id, { lock: null });
    expect((await face.act(id, { unlock: null })).status).toBe(403);
    expect((await face.act(id, { unlock: null }, { as: 'admin' })).status).toBe(202);
  });

  test('takes a reason from its version on, and anything before', async () => {
    expect((await face.act(id, { lock: { locked_reason: '' } }, { at: '2.73' })).status).toBe(400);
    expect((await face.act(id, { lock: { whatever: 1 } }, { at: '2.73' })).status).toBe(400);
    expect((await face.act(id, { lock: { whatever: 1 } }, { at: '2.72' })).status).toBe(202);
    await face.act(id, { unlock: null });
  });
});

test.each(['resetNetwork', 'injectNetworkInfo'])('%s is accepted from admins only, and changes nothing', async (key) => {
  const before = await cloud.server(id);
  expect((await face.act(id, { [key]: null })).status).toBe(403);
  expect((await face.act(id, { [key]: null }, { as: 'admin' })).status).toBe(202);
  expect(await cloud.server(id)).toEqual(before);
});

test('a state is reset by admins only, and takes the server from whoever held it', async () => {
  expect((await face.act(id, { 'os-resetState': { state: 'error' } })).status).toBe(403);
  expect((await face.act(id, { 'os-resetState': { state: 'paused' } }, { as: 'admin' })).status).toBe(400);
  expect((await face.act(id, { 'os-resetState': { state: 'error' } }, { as: 'admin' })).status).toBe(202);
  expect((await face.ask('GET', at(id, ''))).body.server.status).toBe('ERROR');
  await face.act(id, { 'os-resetState': { state: 'active' } }, { as: 'admin' });
});

test('addresses are told by network, without their interfaces', async () => {
  const { body } = await face.ask('GET', at(id, '/ips'));
  expect(body.addresses.shared).toEqual([{ version: 4, addr: expect.stringMatching(/^10\.9\./) }]);
  expect((await face.ask('GET', at(id, '/ips/shared'))).body).toEqual({ shared: body.addresses.shared });
  const missing = await face.ask('GET', at(id, '/ips/elsewhere'));
  expect([missing.status, words(missing)]).toEqual([404, 'Instance is not a member of specified network']);
});

const pin = (zone: string | null, at = '2.104') => put({ pinned_availability_zone: zone }, at);

describe('an update', () => {
  test('unpins the server from its zone, and pins it to the one that it is in', async () => {
    const { zone } = await cloud.server(id);
    expect((await pin('nova', '2.103')).status).toBe(400);
    expect((await pin('')).status).toBe(400);
    expect((await pin(zone)).body.server.pinned_availability_zone).toBe(zone);
    const elsewhere = await pin('elsewhere');
    expect([elsewhere.status, words(elsewhere)]).toEqual([
      409,
      `Instance ${id} is not in the availability zone "elsewhere", so it cannot be pinned to it.`,
    ]);
    expect((await pin(null)).body.server.pinned_availability_zone).toBe(null);
    const wait = (task: 'migrating' | null) =>
      cloud.db.updateTable('servers').set({ task_state: task, workflow_id: task }).where('id', '=', id).execute();
    await wait('migrating');
    expect([(await pin(zone)).status, (await pin(null)).status]).toEqual([409, 200]);
    await wait(null);
  });

  test('changes what it names', async () => {
    const { body } = await put({ name: 'new', accessIPv4: '1.2.3.4', accessIPv6: 'fd00:0::0001', 'OS-DCF:diskConfig': 'AUTO' }, '2.1');
    expect(body.server).toMatchObject({ name: 'new', accessIPv4: '1.2.3.4', accessIPv6: 'fd00::1', 'OS-DCF:diskConfig': 'AUTO' });
    expect((await put({ description: 'said' }, '2.19')).body.server.description).toBe('said');
    expect((await put({ hostname: 'new-host' }, '2.90')).body.server['OS-EXT-SRV-ATTR:hostname']).toBe('new-host');
  });

  test.each([
    [{ description: 'x' }, '2.18'],
    [{ hostname: 'x1' }, '2.89'],
    [{ hostname: 'a.b' }, '2.93'],
    [{ name: '' }, '2.1'],
    [{ name: ' x' }, '2.1'],
    [{ accessIPv6: 'fe80::1%eth0' }, '2.1'],
    [{ nonsense: 1 }, '2.1'],
  ])('with %j is refused at %s', async (server, version) => {
    expect((await put(server, version)).status).toBe(400);
  });

  test('answers little at first and the whole server since 2.75', async () => {
    const [before, since] = [(await put({}, '2.74')).body.server, (await put({}, '2.75')).body.server];
    expect([before['OS-EXT-STS:vm_state'], since['OS-EXT-STS:vm_state']]).toEqual([undefined, 'active']);
    expect(Object.keys(before.addresses.shared[0]).sort()).toEqual(['addr', 'version']);
    expect([before.server_groups, since.server_groups]).toEqual([[], []]);
  });

  test('under /v2 takes names with blanks around them and drops what it does not know', async () => {
    const answer = await face.ask('PUT', `/v2/servers/${id}`, { body: { server: { name: '  spaced ', nonsense: 1 } } });
    expect([answer.status, answer.body.server?.name]).toEqual([200, 'spaced']);
  });
});

describe('what was asked of a server', () => {
  test('tells its steps: to admins at first, then to everybody, with hosts and reasons for admins', async () => {
    await until(async () => (await show('admin', '2.1')).events.every((event: { result: string }) => event.result === 'Success'), {
      what: 'all steps have ended',
      timeoutMs: 5_000,
    });
    expect([(await show('demo', '2.50')).events, (await show('admin', '2.50')).events.length]).toEqual([undefined, 3]);
    expect(Object.keys(build(await show('demo', '2.51')) ?? {}).sort()).toEqual(['event', 'finish_time', 'result', 'start_time']);
    expect(build(await show('demo', '2.84'))).toMatchObject({ result: 'Success', hostId: expect.stringMatching(/^[0-9a-f]{56}$/) });
    expect(build(await show('demo', '2.84'))).not.toHaveProperty('host');
    expect(build(await show('admin', '2.84'))).toMatchObject({ host: 'host-1', traceback: null, details: null });
  });

  test('comes in pages since 2.58', async () => {
    const first = (await face.ask('GET', at(id, '/os-instance-actions?limit=1'), { at: '2.58' })).body;
    expect([first.instanceActions.length, first.links.length]).toEqual([1, 1]);
    const next = await face.ask('GET', at(id, `/os-instance-actions${new URL(first.links[0].href).search}`), { at: '2.58' });
    expect(next.body.instanceActions[0].request_id).not.toBe(first.instanceActions[0].request_id);
    expect((await face.ask('GET', at(id, '/os-instance-actions?marker=req-no'), { at: '2.58' })).status).toBe(400);
    expect((await face.ask('GET', at(id, '/os-instance-actions?changes-before=2000-01-01'), { at: '2.65' })).status).toBe(400);
    expect((await face.ask('GET', at(id, '/os-instance-actions?changes-before=2000-01-01'), { at: '2.66' })).body.instanceActions).toEqual(
      [],
    );
  });

  test('is told of deleted servers since 2.21', async () => {
    const gone = await face.boot();
    await face.ask('DELETE', at(gone, ''));
    await until(async () => (await cloud.server(gone)).vmState === 'deleted', { what: 'it is gone', timeoutMs: 10_000 });
    expect((await face.ask('GET', at(gone, '/os-instance-actions'), { at: '2.20' })).status).toBe(404);
    const { body } = await face.ask('GET', at(gone, '/os-instance-actions'), { at: '2.21' });
    expect(body.instanceActions.map(({ action }: { action: string }) => action)).toEqual(['delete', 'create']);
    expect((await face.ask('GET', at(gone, '/os-instance-actions/req-no'), { at: '2.21' })).body.itemNotFound.message).toBe(
      'Action req-no not found',
    );
  });
});

test('the status of its host is for admins, since 2.16', async () => {
  expect([await hostStatus('admin', '2.15'), await hostStatus('admin', '2.16'), await hostStatus('demo', '2.16')]).toEqual([
    undefined,
    'UP',
    undefined,
  ]);
});

// Fault 2026-11 D7.
test('a deleted server keeps the host where it was', async () => {
  const gone = await face.boot({ name: 'gone' });
  const shown = async (): Promise<Record<string, unknown>> => {
    const { body } = await face.ask('GET', '/servers/detail?deleted=true&all_tenants=1&name=gone', { as: 'admin' });
    return body.servers.find((server: { id: string }) => server.id === gone);
  };
  const { 'OS-EXT-SRV-ATTR:host': host, hostId } = (await face.ask('GET', at(gone, ''), { as: 'admin' })).body.server;
  expect([host, hostId]).toEqual(['host-1', expect.stringMatching(/^[0-9a-f]{56}$/)]);
  await face.ask('DELETE', at(gone, ''));
  await until(async () => (await cloud.server(gone)).vmState === 'deleted', { what: 'it is gone', timeoutMs: 10_000 });
  expect(await shown()).toMatchObject({
    status: 'DELETED',
    hostId,
    'OS-EXT-SRV-ATTR:host': host,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': host,
  });
});
