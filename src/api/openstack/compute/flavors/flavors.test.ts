import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { openOperatorFace, type OperatorFace, projects } from '../../../../../test/support/operator-face.ts';

let database: TestDatabase;
let face: OperatorFace;
beforeAll(async () => {
  database = await createTestDatabase();
  face = await openOperatorFace(database);
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
});

const small = { ram: 512, vcpus: 1, disk: 10 };
let count = 0;
const create = (flavor: object, at = '2.1', as: 'admin' | 'demo' = 'admin') =>
  face.ask('POST', '/flavors', { at, as, body: { flavor: { name: `flavor ${(count += 1)}`, ...small, ...flavor } } });
const made = async (flavor: object = {}, at = '2.1'): Promise<string> => (await create(flavor, at)).body.flavor.id;
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const act = (id: string, action: object, at = '2.1', as: 'admin' | 'demo' = 'admin') =>
  face.ask('POST', `/flavors/${id}/action`, { at, as, body: action });
const specsAt = (id: string, key = '') => `/flavors/${id}/os-extra_specs${key === '' ? '' : `/${key}`}`;
const add = (id: string, specs: object, version = '2.1') => face.ask('POST', specsAt(id), { at: version, body: { extra_specs: specs } });

describe('a new flavor', () => {
  test.each<[unknown, string | RegExp]>([
    [undefined, UUID],
    [null, UUID],
    ['auto', UUID],
    [4_711, '4711'],
    ['my.flavor_1 x', 'my.flavor_1 x'],
    ['0f6cbb3e-5d1c-4a3e-9d0c-0f7b6b1d2c11', '0f6cbb3e-5d1c-4a3e-9d0c-0f7b6b1d2c11'],
  ])('asked for with the id %j gets %s', async (id, expected) => {
    const { status, body } = await create(id === undefined ? {} : { id });
    expect(status).toBe(200);
    expect(body.flavor.id).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected);
  });

  // Fault 2026-11 D8.
  test.each([
    [2, '"rxtx_factor":2.0'],
    [1.5, '"rxtx_factor":1.5'],
  ])('with the factor %f is shown and listed with %s, which every client reads as a float', async (factor, written) => {
    const id = await made({ rxtx_factor: factor, name: `factor ${factor}` });
    for (const path of [`/flavors/${id}`, '/flavors/detail'])
      expect(await (await fetch(`${face.url}/v2.1${path}`, { headers: { 'x-auth-token': 'admin' } })).text()).toContain(written);
  });

  test('takes numbers as text and has its defaults', async () => {
    const { body } = await create({ ram: '1024', vcpus: '2', disk: '0', id: 'texts' });
    expect(body.flavor).toEqual({
      id: 'texts',
      name: expect.any(String),
      ram: 1024,
      vcpus: 2,
      disk: 0,
      swap: '',
      rxtx_factor: 1,
      'OS-FLV-EXT-DATA:ephemeral': 0,
      'OS-FLV-DISABLED:disabled': false,
      'os-flavor-access:is_public': true,
      links: expect.any(Array),
    });
    expect((await face.ask('GET', '/flavors/texts')).body).toEqual(body);
  });

  test.each([
    [{ ram: 0 }, '0 is less than the minimum of 1'],
    [{ ram: '0' }, "does not match '^0*[1-9][0-9]*$'"],
    [{ vcpus: 2 ** 31 }, '2147483648 is greater than the maximum of 2147483647'],
    [{ disk: '2147483648' }, "is not a 'int32'"],
    [{ disk: -1 }, '-1 is less than the minimum of 0'],
    [{ swap: 'much' }, "'much' does not match '^[0-9]+$'"],
    [{ rxtx_factor: 0 }, '0 is less than or equal to the minimum of 0'],
    [{ rxtx_factor: '0.0' }, 'does not match'],
    [{ id: ' x' }, 'does not match'],
    [{ id: '' }, "'' is too short"],
    [{ name: '' }, "'' is too short"],
    [{ 'os-flavor-access:is_public': 'maybe' }, "'maybe' is not one of"],
    [{ more: 1 }, "Additional properties are not allowed ('more' was unexpected)"],
    [{ description: 'early' }, "Additional properties are not allowed ('description' was unexpected)"],
  ])('with %j is refused', async (flavor, message) => {
    const answer = await create(flavor);
    expect([answer.status, words(answer)]).toEqual([400, expect.stringContaining(message)]);
  });

  test('whose id or name is taken is a conflict', async () => {
    const id = await made({ id: 'taken', name: 'taken name' });
    expect(words(await create({ id }))).toBe('Flavor with ID taken already exists.');
    const answer = await create({ name: 'taken name' });
    expect([answer.status, words(answer)]).toEqual([409, 'Flavor with name taken name already exists.']);
  });

  test('is for administrators to make', async () => {
    expect((await create({}, '2.1', 'demo')).status).toBe(403);
  });
});

test.each([
  ['2.54', [], ['description', 'extra_specs'], ''],
  ['2.55', ['description'], ['extra_specs'], ''],
  ['2.61', ['description', 'extra_specs', 'rxtx_factor', 'OS-FLV-DISABLED:disabled'], [], ''],
  ['2.74', [], [], ''],
  ['2.75', ['rxtx_factor'], [], 0],
  ['2.102', ['extra_specs'], ['rxtx_factor', 'OS-FLV-DISABLED:disabled'], 0],
])('at %s a flavor has %j, not %j, and no swap is %j', async (at, has, lacks, swap) => {
  const { flavor } = (await create({}, at)).body;
  for (const answer of [flavor, (await face.ask('GET', `/flavors/${flavor.id}`, { at })).body.flavor]) {
    expect(Object.keys(answer)).toEqual(expect.arrayContaining(has));
    expect(Object.keys(answer).filter((key) => lacks.includes(key as never))).toEqual([]);
    expect(answer.swap).toBe(swap);
  }
  if (at === '2.102') expect((await create({ rxtx_factor: 2 }, at)).status).toBe(400);
});

test('a flavor is described anew since 2.55, and by administrators', async () => {
  const id = await made({ description: 'old' }, '2.55');
  const body = { flavor: { description: 'new' } };
  expect((await face.ask('PUT', `/flavors/${id}`, { at: '2.54', body })).status).toBe(404);
  expect((await face.ask('PUT', `/flavors/${id}`, { at: '2.55', body, as: 'demo' })).status).toBe(403);
  expect((await face.ask('PUT', `/flavors/${id}`, { at: '2.55', body })).body.flavor.description).toBe('new');
  expect((await face.ask('PUT', '/flavors/none', { at: '2.55', body })).status).toBe(404);
  expect((await face.ask('PUT', `/flavors/${id}`, { at: '2.55', body: { flavor: { ram: 1 } } })).status).toBe(400);
});

test('a flavor that is deleted is gone, and its name is free', async () => {
  const id = await made({ name: 'brief' });
  expect((await face.ask('DELETE', `/flavors/${id}`, { as: 'demo' })).status).toBe(403);
  expect((await face.ask('DELETE', `/flavors/${id}`)).status).toBe(202);
  expect((await face.ask('DELETE', `/flavors/${id}`)).status).toBe(404);
  expect((await create({ name: 'brief' })).status).toBe(200);
});

test.each(['minRam', 'minDisk'])('no flavor has as much %s as nothing can count', async (name) => {
  expect(await face.ask('GET', `/flavors?${name}=${'9'.repeat(40)}`)).toMatchObject({ status: 200, body: { flavors: [] } });
});

test.each(['f', 'false', 'no', '0', 'False'])('is_public=%s lists what is not public', async (word) => {
  const id = await made({ 'os-flavor-access:is_public': word });
  const idsOf = async (query: string, as: 'admin' | 'demo' = 'admin') =>
    (await face.ask('GET', `/flavors/detail${query}`, { as })).body.flavors.map((flavor: { id: string }) => flavor.id);
  expect(await idsOf(`?is_public=${word}`)).toContain(id);
  expect(await idsOf('')).not.toContain(id);
  expect(await idsOf('?is_public=None')).toContain(id);
  expect(await idsOf(`?is_public=${word}`, 'demo')).not.toContain(id);
  expect((await face.ask('GET', '/flavors?is_public=perhaps')).status).toBe(400);
});

test('a list is filtered by name since 2.102, when unknown keys are refused', async () => {
  const id = await made({ name: 'wanted' });
  const named = await face.ask('GET', '/flavors?name=wanted', { at: '2.102' });
  expect(named.body.flavors.map((flavor: { id: string }) => flavor.id)).toEqual([id]);
  expect((await face.ask('GET', '/flavors?name=wanted', { at: '2.101' })).status).toBe(400);
  expect((await face.ask('GET', '/flavors?name=wanted', { at: '2.74' })).body.flavors.length).toBeGreaterThan(1);
  expect((await face.ask('GET', '/flavors?sort_key=rxtx_factor', { at: '2.101' })).status).toBe(200);
  expect((await face.ask('GET', '/flavors?sort_key=rxtx_factor', { at: '2.102' })).status).toBe(400);
});

test.each(['created_at', 'description', 'disabled', 'ephemeral_gb', 'flavorid', 'is_public', 'name', 'swap', 'updated_at', 'vcpu_weight'])(
  'pages by %s have every flavor once',
  async (key) => {
    const pageAfter = async (marker?: string): Promise<string[]> => {
      const next = marker === undefined ? '' : `&marker=${encodeURIComponent(marker)}`;
      const { body } = await face.ask('GET', `/flavors?is_public=none&limit=3&sort_key=${key}${next}`);
      return body.flavors.map((flavor: { id: string }) => flavor.id);
    };
    const seen: string[] = [];
    for (let page = await pageAfter(); page.length > 0; page = await pageAfter(page.at(-1))) seen.push(...page);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength((await face.ask('GET', '/flavors?is_public=none')).body.flavors.length);
  },
);

describe('access', () => {
  const isPublic = { 'os-flavor-access:is_public': false };
  const demo = { tenant: projects.demo };

  test('to a flavor that is not public is granted and taken away', async () => {
    const id = await made(isPublic);
    const access = () => face.ask('GET', `/flavors/${id}/os-flavor-access`);
    expect((await access()).body).toEqual({ flavor_access: [] });
    expect((await face.ask('GET', `/flavors/${id}`, { as: 'demo' })).status).toBe(404);
    const grants = { flavor_access: [{ flavor_id: id, tenant_id: projects.demo }] };
    expect((await act(id, { addTenantAccess: demo })).body).toEqual(grants);
    expect((await access()).body).toEqual(grants);
    expect((await face.ask('GET', `/flavors/${id}`, { as: 'demo' })).status).toBe(200);
    expect((await face.ask('GET', `/flavors/${id}`, { as: 'other' })).status).toBe(404);
    expect((await act(id, { addTenantAccess: demo })).status).toBe(409);
    expect((await act(id, { removeTenantAccess: demo })).body).toEqual({ flavor_access: [] });
    expect((await act(id, { removeTenantAccess: demo })).status).toBe(404);
    expect((await face.ask('GET', `/flavors/${id}`, { as: 'demo' })).status).toBe(404);
  });

  test('to a public flavor is no list, and a conflict since 2.7', async () => {
    const id = await made();
    expect((await face.ask('GET', `/flavors/${id}/os-flavor-access`)).status).toBe(404);
    expect((await act(id, { addTenantAccess: demo }, '2.6')).status).toBe(200);
    expect((await act(id, { addTenantAccess: demo }, '2.7')).status).toBe(409);
  });

  test('is for administrators, known projects and known actions', async () => {
    const id = await made(isPublic);
    expect((await act(id, { addTenantAccess: demo }, '2.1', 'demo')).status).toBe(403);
    expect((await face.ask('GET', `/flavors/${id}/os-flavor-access`, { as: 'demo' })).status).toBe(403);
    expect((await act(id, { addTenantAccess: { tenant: 'nobody' } })).status).toBe(400);
    expect((await act('none', { addTenantAccess: demo })).status).toBe(404);
    expect((await act(id, { giveAway: demo })).status).toBe(400);
  });
});

describe('extra specs', () => {
  test('are added, shown, changed one by one and removed', async () => {
    const id = await made();
    expect((await add(id, { 'hw:numa_nodes': 1, 'hw:cpu_policy': 'shared' })).body).toEqual({
      extra_specs: { 'hw:numa_nodes': '1', 'hw:cpu_policy': 'shared' },
    });
    expect((await face.ask('PUT', specsAt(id, 'hw:numa_nodes'), { body: { 'hw:numa_nodes': '2' } })).body).toEqual({
      'hw:numa_nodes': '2',
    });
    expect((await face.ask('GET', specsAt(id), { as: 'demo' })).body).toEqual({
      extra_specs: { 'hw:numa_nodes': '2', 'hw:cpu_policy': 'shared' },
    });
    expect((await face.ask('GET', specsAt(id, 'hw:numa_nodes'), { as: 'demo' })).body).toEqual({ 'hw:numa_nodes': '2' });
    expect((await face.ask('DELETE', specsAt(id, 'hw:numa_nodes'))).status).toBe(200);
    expect((await face.ask('DELETE', specsAt(id, 'hw:numa_nodes'))).status).toBe(404);
    expect((await face.ask('GET', specsAt(id, 'hw:numa_nodes'))).status).toBe(404);
    expect((await face.ask('GET', specsAt(id, 'constructor'))).status).toBe(404);
  });

  test('are for administrators to change, of flavors that are there', async () => {
    const id = await made();
    const body = { extra_specs: { a: 'b' } };
    expect((await face.ask('POST', specsAt(id), { as: 'demo', body })).status).toBe(403);
    expect((await face.ask('PUT', specsAt(id, 'a'), { as: 'demo', body: { a: 'b' } })).status).toBe(403);
    expect((await face.ask('DELETE', specsAt(id, 'a'), { as: 'demo' })).status).toBe(403);
    expect((await add('none', { a: 'b' })).status).toBe(404);
  });

  test.each([
    ['another key', { 'hw:cpu_policy': 'shared' }, 'Request body and URI mismatch'],
    ['two keys', { 'hw:numa_nodes': '1', a: 'b' }, 'has too many properties'],
    ['no key', {}, 'does not have enough properties'],
    ['a key of strange letters', { 'hw/x': '1' }, 'does not match any of the regexes'],
    ['a long value', { 'hw:numa_nodes': 'x'.repeat(256) }, 'is too long'],
  ])('are not set with %s', async (_what, body, message) => {
    const answer = await face.ask('PUT', specsAt(await made(), 'hw:numa_nodes'), { body });
    expect([answer.status, words(answer)]).toEqual([400, expect.stringContaining(message)]);
  });

  test.each([
    { 'hw:cpu_policy': 'free' },
    { 'hw:cpu_polcy': 'shared' },
    { 'hw:numa_nodes': '0' },
    { 'hw:numa_cpus.': '1' },
    { 'quota:disk_read_bytes_sec': 'fast' },
    { 'resources1:VCPU': 'x' },
    { 'trait_net:CUSTOM_FAST': 'wanted' },
    { 'constructor:x': 'y', 'os:secure_boot': 'perhaps' },
  ])('%j means something else, which is refused since 2.86', async (specs) => {
    const id = await made();
    expect((await add(id, specs, '2.85')).status).toBe(200);
    const answer = await add(id, specs, '2.86');
    expect([answer.status, words(answer)]).toEqual([400, expect.stringContaining('Validation failed; ')]);
  });

  test('of namespaces that nobody knows, and right ones of those that are known, are kept', async () => {
    const specs = {
      'foo:bar': 'baz',
      plain: '1',
      'constructor:x': 'y',
      'hw:cpu_policy': 'dedicated',
      'hw:numa_mem.1': '512',
      'hw:mem_page_size': '2MB',
      'resources:CUSTOM_THING': '0',
      'trait_net:CUSTOM_FAST': 'required',
      'quota:vif_inbound_average': '1024',
      'capabilities:cpu_info:features': '<in> aes',
    };
    expect((await add(await made(), specs, '2.86')).body).toEqual({ extra_specs: specs });
  });
});
