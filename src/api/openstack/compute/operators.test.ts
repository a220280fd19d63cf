import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { openOperatorFace, type OperatorFace } from '../../../../test/support/operator-face.ts';
import { sampleServer } from '../../../../test/support/sample-server.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { placeServer } from '../../../db/stores/hosts/claims.ts';
import { saveHostReports } from '../../../db/stores/hosts/hosts.ts';
import { beat } from '../../../db/stores/hosts/services.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import type { HostReport } from '../../../objects/host-report.ts';
import { asId, type HostName } from '../../../objects/ids.ts';

const ids = seededIds(3);
const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const NOBODY = '00000000-0000-4000-8000-000000000000';

const report = (host: string): HostReport => ({
  host: asId<HostName>(host),
  node: `${host}.cloud`,
  hostIp: '10.0.0.1',
  vcpus: 8,
  memoryMb: 16_384,
  localGb: 100,
  hypervisorType: 'fake',
  hypervisorVersion: 1_000_000,
  cpuInfo: { arch: 'x86_64' },
  supportedInstances: [],
  ...(host === 'silent' ? {} : { uptime: ' 08:32:11 up 1 day, 0:00,  0 users,  load average: 0.20, 0.12, 0.14' }),
});
const rules = { cpuAllocationRatio: 4, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 512 };

let database: TestDatabase;
let face: OperatorFace;
beforeAll(async () => {
  database = await createTestDatabase();
  face = await openOperatorFace(database);
  const { db } = database;
  for (const binary of ['nova-api', 'nova-conductor', 'nova-scheduler'])
    await beat(db, [{ id: ids.uuid(), binary, host: 'control', zone: 'nova' }]);
  for (const host of ['h1', 'h2', 'silent']) {
    await beat(db, [{ id: ids.uuid(), binary: 'nova-compute', host, zone: host === 'silent' ? 'far' : 'nova' }]);
    await saveHostReports(db, [report(host)], rules, ids);
  }
  await db
    .updateTable('services')
    .set({ seen_at: new Date('2026-01-01T00:00:00Z') })
    .where('host', '=', 'silent')
    .execute();
  const server = await db.transaction().execute((trx) => insertServer(trx, sampleServer({ name: 'here' }), 'w-1'));
  await placeServer(db, { serverId: server.id, host: asId<HostName>('h1'), workflowId: 'w-1' });
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
});

const get = async (path: string, at = '2.1') => (await face.ask('GET', path, { at })).body;
const statusOf = async (method: string, path: string, at: string, body?: unknown, as: 'admin' | 'demo' = 'admin') =>
  (await face.ask(method, path, { at, as, body })).status;
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
// oxlint-disable-next-line typescript/no-explicit-any
const serviceOn = async (host: string, at: string): Promise<any> => (await get(`/os-services?host=${host}`, at)).services[0];

const putService = (verb: string, body: object, at = '2.11') => face.ask('PUT', `/os-services/${verb}`, { at, body });
const act = (body: object, at: string) => face.ask('POST', '/servers/x/action', { at, body });

describe('services', () => {
  const common = {
    binary: 'nova-compute',
    host: 'h1',
    zone: 'nova',
    status: 'enabled',
    state: 'up',
    disabled_reason: null,
    updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
  };

  test.each([
    ['2.1', { id: expect.any(Number) }],
    ['2.10', { id: expect.any(Number) }],
    ['2.11', { id: expect.any(Number), forced_down: false }],
    ['2.52', { id: expect.any(Number), forced_down: false }],
    ['2.53', { id: UUID, forced_down: false }],
    ['2.69', { id: UUID, forced_down: false }],
  ])('at %s are told with %j', async (at, more) => {
    expect(await serviceOn('h1', at)).toEqual({ ...common, ...more });
  });

  test('are found by host and binary; those that run no guests are in a zone of their own, and APIs are not told', async () => {
    const all = (await get('/os-services')).services.map(({ binary, host, zone }: Record<string, string>) => [binary, host, zone]);
    expect(all).toEqual([
      ['nova-conductor', 'control', 'internal'],
      ['nova-scheduler', 'control', 'internal'],
      ['nova-compute', 'h1', 'nova'],
      ['nova-compute', 'h2', 'nova'],
      ['nova-compute', 'silent', 'far'],
    ]);
    expect((await get('/os-services?binary=nova-compute&host=h2')).services).toHaveLength(1);
    expect((await get('/os-services?binary=xxx&host=h2')).services).toEqual([]);
    expect((await get('/os-services?xxx=1', '2.74')).services).toHaveLength(5);
    expect(await statusOf('GET', '/os-services?xxx=1', '2.75')).toBe(400);
    expect(await statusOf('GET', '/os-services', '2.1', undefined, 'demo')).toBe(403);
    expect((await serviceOn('silent', '2.1')).state).toBe('down');
  });

  test('are changed by verbs until 2.52', async () => {
    const host = { host: 'h2', binary: 'nova-compute' };
    expect((await putService('disable', host)).body).toEqual({ service: { ...host, status: 'disabled' } });
    expect(await serviceOn('h2', '2.1')).toMatchObject({ status: 'disabled', disabled_reason: null });
    expect((await putService('disable-log-reason', { ...host, disabled_reason: 'rest' })).body).toEqual({
      service: { ...host, status: 'disabled', disabled_reason: 'rest' },
    });
    expect(await serviceOn('h2', '2.1')).toMatchObject({ status: 'disabled', disabled_reason: 'rest' });
    expect((await putService('enable', host)).body).toEqual({ service: { ...host, status: 'enabled' } });
    expect(await serviceOn('h2', '2.1')).toMatchObject({ status: 'enabled', disabled_reason: null });
    expect((await putService('force-down', { ...host, forced_down: 'true' })).body).toEqual({ service: { ...host, forced_down: true } });
    expect(await serviceOn('h2', '2.11')).toMatchObject({ forced_down: true, state: 'down' });
    expect((await putService('force-down', { ...host, forced_down: false })).status).toBe(200);
    expect((await putService('force-down', host, '2.10')).status).toBe(404);
    expect((await putService('force-down', { ...host, forced_down: true }, '2.10')).status).toBe(400);
    expect((await putService('force-down', host)).status).toBe(400);
    expect((await putService('disable-log-reason', host)).status).toBe(400);
    expect((await putService('explode', host)).status).toBe(404);
    expect(words(await putService('enable', { ...host, host: 'none' }))).toBe('Could not find binary nova-compute on host none.');
    expect((await putService('enable', { host: 'control', binary: 'nova-scheduler' })).status).toBe(400);
    expect((await putService('enable', { host: 'h2' })).status).toBe(400);
    expect(await statusOf('PUT', '/os-services/enable', '2.1', host, 'demo')).toBe(403);
    expect((await putService('enable', {}, '2.53')).status).toBe(400);
  });

  test('are changed by uuid since 2.53', async () => {
    const { id } = await serviceOn('h2', '2.53');
    const put = (body: object, to = id) => face.ask('PUT', `/os-services/${to}`, { at: '2.53', body });
    expect((await put({ status: 'disabled', disabled_reason: 'rest' })).body.service).toEqual({
      ...common,
      id,
      host: 'h2',
      status: 'disabled',
      disabled_reason: 'rest',
      forced_down: false,
    });
    expect((await put({ status: 'enabled' })).body.service).toMatchObject({ status: 'enabled', disabled_reason: null });
    expect((await put({ forced_down: true })).body.service).toMatchObject({ forced_down: true, state: 'down' });
    expect((await put({ forced_down: 'no' })).body.service).toMatchObject({ forced_down: false, state: 'up' });
    expect((await put({ disabled_reason: 'rest' })).status).toBe(400);
    expect((await put({ status: 'enabled', disabled_reason: 'rest' })).status).toBe(400);
    expect((await put({})).status).toBe(400);
    expect((await put({ status: 'away' })).status).toBe(400);
    expect((await put({ status: 'disabled' }, NOBODY)).status).toBe(404);
    expect(words(await put({ status: 'disabled' }, '7'))).toBe('Invalid uuid 7');
    const [conductor] = (await get('/os-services?binary=nova-conductor', '2.53')).services;
    expect((await put({ status: 'disabled' }, conductor.id)).status).toBe(400);
    expect(await statusOf('PUT', `/os-services/${id}`, '2.53', { status: 'disabled' }, 'demo')).toBe(403);
  });

  test('are deleted, but not while servers are there', async () => {
    await beat(database.db, [{ id: ids.uuid(), binary: 'nova-compute', host: 'old', zone: 'nova' }]);
    await saveHostReports(database.db, [report('old')], rules, ids);
    const { id } = await serviceOn('h1', '2.53');
    const busy = await face.ask('DELETE', `/os-services/${id}`, { at: '2.53' });
    expect([busy.status, words(busy)]).toEqual([409, expect.stringContaining('hosting instances')]);
    const old = await serviceOn('old', '2.1');
    expect(await statusOf('DELETE', `/os-services/${old.id}`, '2.1', undefined, 'demo')).toBe(403);
    expect(await statusOf('DELETE', `/os-services/${old.id}`, '2.53')).toBe(400);
    expect(await statusOf('DELETE', `/os-services/${old.id}`, '2.52')).toBe(204);
    expect(await statusOf('DELETE', `/os-services/${old.id}`, '2.52')).toBe(404);
    expect(await statusOf('DELETE', `/os-services/${NOBODY}`, '2.52')).toBe(400);
    expect(await statusOf('DELETE', `/os-services/${NOBODY}`, '2.53')).toBe(404);
    expect((await get('/os-hypervisors')).hypervisors).toHaveLength(3);
  });
});

describe('hypervisors', () => {
  const sizes = {
    vcpus: 8,
    vcpus_used: 1,
    memory_mb: 16_384,
    memory_mb_used: 1_024,
    free_ram_mb: 15_360,
    local_gb: 100,
    local_gb_used: 1,
    free_disk_gb: 99,
    disk_available_least: 99,
    running_vms: 1,
    current_workload: 1,
  };
  const brief = { hypervisor_hostname: 'h1.cloud', state: 'up', status: 'enabled' };
  const full = { ...brief, host_ip: '10.0.0.1', hypervisor_type: 'fake', hypervisor_version: 1_000_000 };
  const service = { host: 'h1', disabled_reason: null };
  const here = [{ name: 'here', uuid: UUID }];
  const number = expect.any(Number);

  test.each([
    ['2.27', { ...full, ...sizes, id: number, service: { ...service, id: number }, cpu_info: '{"arch":"x86_64"}' }],
    ['2.28', { ...full, ...sizes, id: number, service: { ...service, id: number }, cpu_info: { arch: 'x86_64' } }],
    ['2.52', { ...full, ...sizes, id: number, service: { ...service, id: number }, cpu_info: { arch: 'x86_64' } }],
    ['2.53', { ...full, ...sizes, id: UUID, service: { ...service, id: UUID }, cpu_info: { arch: 'x86_64' } }],
    ['2.87', { ...full, ...sizes, id: UUID, service: { ...service, id: UUID }, cpu_info: { arch: 'x86_64' } }],
    ['2.88', { ...full, id: UUID, service: { ...service, id: UUID }, uptime: expect.stringContaining('up 1 day') }],
  ])('at %s are shown in their shape', async (at, expected) => {
    const [first] = (await get('/os-hypervisors/detail', at)).hypervisors;
    expect(first).toEqual(expected);
    expect((await get(`/os-hypervisors/${first.id}`, at)).hypervisor).toEqual(expected);
    expect((await get('/os-hypervisors', at)).hypervisors[0]).toEqual({ ...brief, id: expected.id });
  });

  test('are listed in pages since 2.33', async () => {
    expect((await get('/os-hypervisors?limit=1', '2.32')).hypervisors).toHaveLength(3);
    for (const at of ['2.33', '2.53']) {
      const first = await get('/os-hypervisors/detail?limit=2', at);
      expect(first.hypervisors).toHaveLength(2);
      const [{ rel, href }] = first.hypervisors_links;
      expect([rel, href]).toEqual([
        'next',
        expect.stringContaining(`/v2.1/os-hypervisors/detail?limit=2&marker=${first.hypervisors[1].id}`),
      ]);
      const rest = await get(`/os-hypervisors/detail?limit=2&marker=${first.hypervisors[1].id}`, at);
      expect(rest.hypervisors.map(({ hypervisor_hostname: name }: Record<string, string>) => name)).toEqual(['silent.cloud']);
      expect(rest).not.toHaveProperty('hypervisors_links');
    }
    for (const [marker, at] of [
      ['99999', '2.33'],
      ['x', '2.33'],
      [NOBODY, '2.53'],
      ['1', '2.53'],
    ])
      expect(await statusOf('GET', `/os-hypervisors?marker=${marker}`, at ?? '')).toBe(400);
  });

  test('are searched by paths until 2.52, by a query since', async () => {
    expect((await get('/os-hypervisors/h1/search')).hypervisors).toEqual([{ ...brief, id: number }]);
    expect((await get('/os-hypervisors/cloud/servers')).hypervisors).toMatchObject([{ ...brief, servers: here }, {}, {}]);
    expect((await get('/os-hypervisors/h2/servers')).hypervisors[0]).not.toHaveProperty('servers');
    const none = await face.ask('GET', '/os-hypervisors/nothing/search');
    expect([none.status, words(none)]).toEqual([404, "No hypervisor matching 'nothing' could be found."]);
    expect(await statusOf('GET', '/os-hypervisors/nothing/servers', '2.1')).toBe(404);
    expect(await statusOf('GET', '/os-hypervisors/h1/search', '2.53')).toBe(404);
    expect(await statusOf('GET', '/os-hypervisors/h1/servers', '2.53')).toBe(404);
    const byName = '/os-hypervisors?hypervisor_hostname_pattern=';
    expect((await get(`${byName}h1`, '2.53')).hypervisors).toEqual([{ ...brief, id: UUID }]);
    expect(await statusOf('GET', `${byName}nothing`, '2.53')).toBe(404);
    expect(await statusOf('GET', `${byName}h1&limit=1`, '2.53')).toBe(400);
    expect(await statusOf('GET', `${byName}h1&hypervisor_hostname_pattern=h2`, '2.53')).toBe(400);
    expect((await get(`${byName}h1`, '2.52')).hypervisors).toHaveLength(3);
  });

  test.each([
    ['2.53', undefined],
    ['2.74', undefined],
    ['2.75', []],
  ])('at %s tell their servers where asked, and %j where there are none', async (at, none) => {
    for (const path of ['/os-hypervisors', '/os-hypervisors/detail']) {
      const { hypervisors } = await get(`${path}?with_servers=true`, at);
      expect(hypervisors.map(({ servers }: { servers: unknown }) => servers)).toEqual([here, none, none]);
      expect((await get(`${path}?with_servers=0`, at)).hypervisors[0]).not.toHaveProperty('servers');
    }
    const { id } = (await get('/os-hypervisors', at)).hypervisors[0];
    expect((await get(`/os-hypervisors/${id}?with_servers=1`, at)).hypervisor.servers).toEqual(here);
    expect(await statusOf('GET', '/os-hypervisors?with_servers=maybe', at)).toBe(400);
    expect(await statusOf('GET', `/os-hypervisors/${id}?x=1`, at)).toBe(400);
  });

  test('are not found under ids of the wrong kind', async () => {
    expect(await statusOf('GET', `/os-hypervisors/${NOBODY}`, '2.1')).toBe(404);
    expect(await statusOf('GET', '/os-hypervisors/99999', '2.1')).toBe(404);
    expect(await statusOf('GET', '/os-hypervisors/99999999999', '2.1')).toBe(404);
    expect(await statusOf('GET', `/os-hypervisors/${NOBODY}`, '2.53')).toBe(404);
    expect(await statusOf('GET', '/os-hypervisors/1', '2.53')).toBe(400);
  });

  test('tell their uptime by a path until 2.87, if they live', async () => {
    const [first, , silent] = (await get('/os-hypervisors', '2.87')).hypervisors;
    expect((await get(`/os-hypervisors/${first.id}/uptime`, '2.87')).hypervisor).toEqual({
      ...brief,
      id: first.id,
      uptime: expect.stringContaining('load average'),
    });
    expect(await statusOf('GET', `/os-hypervisors/${silent.id}/uptime`, '2.87')).toBe(400);
    expect(await statusOf('GET', `/os-hypervisors/${first.id}/uptime`, '2.88')).toBe(404);
    expect(await statusOf('GET', `/os-hypervisors/${NOBODY}/uptime`, '2.1')).toBe(404);
    expect((await get(`/os-hypervisors/${silent.id}`, '2.88')).hypervisor.uptime).toBeNull();
  });

  test('are summed up until 2.87', async () => {
    expect((await get('/os-hypervisors/statistics', '2.87')).hypervisor_statistics).toEqual({
      count: 3,
      vcpus: 24,
      vcpus_used: 1,
      memory_mb: 49_152,
      memory_mb_used: 2_048,
      free_ram_mb: 47_104,
      local_gb: 300,
      local_gb_used: 1,
      free_disk_gb: 299,
      disk_available_least: 299,
      running_vms: 1,
      current_workload: 1,
    });
    expect(await statusOf('GET', '/os-hypervisors/statistics', '2.88')).toBe(404);
  });

  test.each(['', '/detail', '/statistics', '/1', '/1/uptime', '/h1/search', '/h1/servers', `/${NOBODY}`])(
    'are nothing for users: %s',
    async (path) => {
      expect(await statusOf('GET', `/os-hypervisors${path}`, '2.1', undefined, 'demo')).toBe(403);
    },
  );
});

describe('availability zones', () => {
  test('are those that servers can be in', async () => {
    for (const as of ['admin', 'demo'] as const) {
      expect((await face.ask('GET', '/os-availability-zone', { as })).body).toEqual({
        availabilityZoneInfo: [
          { zoneName: 'far', zoneState: { available: true }, hosts: null },
          { zoneName: 'nova', zoneState: { available: true }, hosts: null },
        ],
      });
    }
  });

  test('are told to administrators with all hosts and services', async () => {
    expect(await statusOf('GET', '/os-availability-zone/detail', '2.1', undefined, 'demo')).toBe(403);
    const service = { active: true, available: true, updated_at: expect.any(String) };
    expect((await get('/os-availability-zone/detail')).availabilityZoneInfo).toEqual([
      { zoneName: 'far', zoneState: { available: true }, hosts: { silent: { 'nova-compute': { ...service, available: false } } } },
      {
        zoneName: 'internal',
        zoneState: { available: true },
        hosts: { control: { 'nova-conductor': service, 'nova-scheduler': service } },
      },
      { zoneName: 'nova', zoneState: { available: true }, hosts: { h1: { 'nova-compute': service }, h2: { 'nova-compute': service } } },
    ]);
  });

  test('without an enabled host are not available', async () => {
    const { id } = await serviceOn('silent', '2.53');
    await face.ask('PUT', `/os-services/${id}`, { at: '2.53', body: { status: 'disabled' } });
    expect((await get('/os-availability-zone/detail')).availabilityZoneInfo[0]).toEqual({
      zoneName: 'far',
      zoneState: { available: false },
      hosts: null,
    });
    await face.ask('PUT', `/os-services/${id}`, { at: '2.53', body: { status: 'enabled' } });
  });
});

test('there are no groups of hosts, which only administrators learn', async () => {
  expect(await get('/os-aggregates')).toEqual({ aggregates: [] });
  expect(await statusOf('GET', '/os-aggregates', '2.1', undefined, 'demo')).toBe(403);
});

test('each version is shown by its id, as it shows itself', async () => {
  expect(await get('/versions/v2.1')).toEqual((await face.ask('GET', '/v2.1/')).body);
  expect(await get('/versions/v2.0')).toEqual((await face.ask('GET', '/v2/')).body);
  expect(await statusOf('GET', '/versions/v3', '2.1')).toBe(404);
});

test.each(['/v2.1/', '/versions/v2.1'])('%s ignores unknown parameters even where all else refuses them', async (path) => {
  expect(await statusOf('GET', `${path}?x=1`, '2.103')).toBe(200);
});

test.each([
  ['GET', '/os-cells?x=1', 410, 410],
  ['GET', '/os-cells/detail', 410, 410],
  ['DELETE', '/os-cells/one', 410, 410],
  ['GET', '/os-certificates/root', 410, 410],
  ['GET', '/servers/x/consoles', 410, 410],
  ['GET', '/os-fixed-ips/10.0.0.1', 410, 404],
  ['GET', '/os-fping', 200, 404],
  ['GET', '/os-floating-ips', 200, 404],
])('what was taken away stays so: %s %s is %i first and %i at last', async (method, path, first, last) => {
  expect([await statusOf(method, path, '2.1'), await statusOf(method, path, '2.103')]).toEqual([first, last]);
});

test('actions that were taken away say so', async () => {
  expect((await act({ 'os-getRDPConsole': { type: 'rdp-html5' } }, '2.5')).body).toEqual({
    computeFault: { code: 410, message: 'This resource is no longer available. No forwarding address is given.' },
  });
  expect((await act({ 'os-getRDPConsole': { type: 'rdp-html5' } }, '2.6')).status).toBe(404);
});
