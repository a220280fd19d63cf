import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertUser } from '../../../../db/stores/identity/users.ts';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { openOperatorFace, type OperatorFace, projects } from '../../../../../test/support/operator-face.ts';
import { sampleFlavor, sampleServer } from '../../../../../test/support/sample-server.ts';
import { insertServer } from '../../../../../test/support/insert-server.ts';

let database: TestDatabase;
let face: OperatorFace;
beforeAll(async () => {
  database = await createTestDatabase();
  face = await openOperatorFace(database);
  for (const id of ['ann', 'ben']) await insertUser(database.db, { id, domain_id: 'default', name: id, enabled: true });
  const flavor = { ...sampleFlavor, vcpus: 2, ramMb: 1_024 };
  await database.db.transaction().execute(async (trx) => {
    for (const userId of ['ann', 'ann', 'ben']) await insertServer(trx, sampleServer({ projectId: projects.demo, userId, flavor }), 'w-1');
  });
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
});

const always = ['instances', 'cores', 'ram', 'metadata_items', 'key_pairs'];
const groups = ['server_groups', 'server_group_members'];
const injected = ['injected_files', 'injected_file_content_bytes', 'injected_file_path_bytes'];
const networks = ['fixed_ips', 'floating_ips', 'security_groups', 'security_group_rules'];
const sorted = (...lists: readonly (readonly string[])[]) => lists.flat().toSorted();
const keysOf = (value: object) => Object.keys(value).toSorted();

const at = (project: string, more = '') => `/os-quota-sets/${project}${more}`;
const put = (path: string, quota_set: object, version = '2.1', as: 'admin' | 'demo' = 'admin') =>
  face.ask('PUT', path, { at: version, as, body: { quota_set } });
const show = async (path: string, as: 'admin' | 'demo' | 'other' = 'admin') => (await face.ask('GET', path, { as })).body.quota_set;
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;

test.each([
  ['2.1', sorted(always, groups, injected, networks)],
  ['2.35', sorted(always, groups, injected, networks)],
  ['2.36', sorted(always, groups, injected)],
  ['2.56', sorted(always, groups, injected)],
  ['2.57', sorted(always, groups)],
  ['2.103', sorted(always, groups)],
])('at %s a quota set has its keys, and the same may be set', async (version, keys) => {
  for (const path of [at(projects.other), at(projects.other, '/defaults')]) {
    const { quota_set: set } = (await face.ask('GET', path, { at: version })).body;
    expect(keysOf(set)).toEqual(sorted(keys, ['id']));
    expect(set.id).toBe(projects.other);
  }
  const { quota_set: detail } = (await face.ask('GET', at(projects.other, '/detail'), { at: version })).body;
  expect(detail).toEqual({
    id: projects.other,
    ...Object.fromEntries(keys.map((key) => [key, { in_use: 0, limit: expect.any(Number), reserved: 0 }])),
  });
  const changes = Object.fromEntries(keys.map((key) => [key, 77]));
  expect((await put(at(projects.other), changes, version)).body).toEqual({ quota_set: changes });
  const dropped = [...networks, ...injected].filter((key) => !keys.includes(key));
  for (const key of dropped) expect((await put(at(projects.other), { [key]: 1 }, version)).status).toBe(400);
  expect((await face.ask('DELETE', at(projects.other), { at: version })).status).toBe(202);
});

test.each([
  ['2.1', sorted(always, injected, networks)],
  ['2.49', sorted(always, injected, networks)],
  ['2.50', sorted(always, groups, injected)],
  ['2.56', sorted(always, groups, injected)],
  ['2.57', sorted(always, groups)],
])('at %s a quota class has its keys, and the same may be set', async (version, keys) => {
  const path = '/os-quota-class-sets/gold';
  expect(keysOf((await face.ask('GET', path, { at: version })).body.quota_class_set)).toEqual(sorted(keys, ['id']));
  const changes = Object.fromEntries(keys.map((key) => [key, 5]));
  const { status, body } = await face.ask('PUT', path, { at: version, body: { quota_class_set: changes } });
  expect([status, body]).toEqual([200, { quota_class_set: changes }]);
  expect((await face.ask('GET', path, { at: version })).body).toEqual({ quota_class_set: { id: 'gold', ...changes } });
});

test('what an operator set goes before the default class, and that before the configuration', async () => {
  expect(await show(at(projects.demo))).toMatchObject({ instances: 10, cores: 20, ram: 51_200, floating_ips: -1 });
  await face.ask('PUT', '/os-quota-class-sets/default', { body: { quota_class_set: { instances: 12, cores: 33 } } });
  expect(await show(at(projects.demo))).toMatchObject({ instances: 12, cores: 33 });
  expect(await show(at(projects.demo, '/defaults'))).toMatchObject({ instances: 12, cores: 33 });
  await put(at(projects.demo), { instances: '14' });
  expect(await show(at(projects.demo))).toMatchObject({ instances: 14, cores: 33 });
  expect(await show(at(projects.demo, '?user_id=ann'))).toMatchObject({ instances: 14 });
  await put(at(projects.demo, '?user_id=ann'), { instances: 4 });
  expect(await show(at(projects.demo, '?user_id=ann'))).toMatchObject({ instances: 4, cores: 33 });
  expect(await show(at(projects.demo))).toMatchObject({ instances: 14 });
  await face.ask('DELETE', at(projects.demo, '?user_id=ann'));
  expect(await show(at(projects.demo, '?user_id=ann'))).toMatchObject({ instances: 14 });
  await put(at(projects.demo, '?user_id=ann'), { instances: 4 });
  await face.ask('DELETE', at(projects.demo));
  expect(await show(at(projects.demo, '?user_id=ann'))).toMatchObject({ instances: 12 });
  await database.db.deleteFrom('quota_limits').execute();
});

test('use is counted from servers, of the project or of a user in it', async () => {
  expect(await show(at(projects.demo, '/detail'))).toMatchObject({
    instances: { in_use: 3, limit: 10, reserved: 0 },
    cores: { in_use: 6, limit: 20, reserved: 0 },
    ram: { in_use: 3_072, limit: 51_200, reserved: 0 },
    key_pairs: { in_use: 0, limit: 100, reserved: 0 },
  });
  expect(await show(at(projects.demo, '/detail?user_id=ann'))).toMatchObject({ instances: { in_use: 2 }, cores: { in_use: 4 } });
});

describe('a limit', () => {
  test('below what is used is refused unless it is forced', async () => {
    const answer = await put(at(projects.demo), { cores: 5 });
    expect([answer.status, words(answer)]).toEqual([
      400,
      'Quota limit 5 for cores must be greater than or equal to already used and reserved 6.',
    ]);
    expect((await put(at(projects.demo), { cores: 6 })).body.quota_set.cores).toBe(6);
    expect((await put(at(projects.demo), { cores: 0, force: 'True' })).body.quota_set.cores).toBe(0);
    expect((await put(at(projects.demo), { cores: -1 })).body.quota_set.cores).toBe(-1);
    await face.ask('DELETE', at(projects.demo));
  });

  test('of a user is not above that of the project', async () => {
    const path = at(projects.demo, '?user_id=ben');
    expect(words(await put(path, { instances: 11 }))).toBe('Quota limit 11 for instances must be less than or equal to 10.');
    expect((await put(path, { instances: -1 })).status).toBe(400);
    expect((await put(path, { instances: 10 })).status).toBe(200);
    await face.ask('DELETE', at(projects.demo));
  });

  test.each([{ cores: -2 }, { cores: '-2' }, { cores: 'x' }, { cores: 2 ** 31 }, { cores: '2147483648' }, { cores: null }, { more: 1 }])(
    '%j is none',
    async (changes) => {
      expect((await put(at(projects.demo), changes)).status).toBe(400);
    },
  );
});

test('who sees and sets what', async () => {
  const statusOf = async (method: string, path: string, as: 'demo' | 'other', body?: unknown) =>
    (await face.ask(method, path, { as, body })).status;
  const change = { quota_set: { cores: 1 } };
  expect(await statusOf('GET', at(projects.demo), 'demo')).toBe(200);
  expect(await statusOf('GET', at(projects.demo, '/detail'), 'demo')).toBe(200);
  expect(await statusOf('GET', at(projects.demo), 'other')).toBe(403);
  expect(await statusOf('GET', at(projects.demo, '/detail'), 'other')).toBe(403);
  expect(await statusOf('GET', at(projects.demo, '/defaults'), 'other')).toBe(200);
  expect(await statusOf('PUT', at(projects.demo), 'demo', change)).toBe(403);
  expect(await statusOf('DELETE', at(projects.demo), 'demo')).toBe(403);
  expect(await statusOf('GET', '/os-quota-class-sets/default', 'demo')).toBe(403);
  expect(await statusOf('PUT', '/os-quota-class-sets/default', 'demo', { quota_class_set: { cores: 1 } })).toBe(403);
  const unknown = await face.ask('GET', at('nobody'));
  expect([unknown.status, words(unknown)]).toEqual([400, 'Project ID nobody is not a valid project.']);
  const noUser = await put(at(projects.demo, '?user_id=nobody'), { cores: 1 });
  expect([noUser.status, words(noUser)]).toEqual([400, 'User ID nobody is not a valid user.']);
});

test('unknown query keys are refused since 2.75', async () => {
  expect((await face.ask('GET', at(projects.demo, '?x=1'), { at: '2.74' })).status).toBe(200);
  expect((await face.ask('GET', at(projects.demo, '?x=1'), { at: '2.75' })).status).toBe(400);
  expect((await face.ask('GET', at(projects.demo, '/defaults?x=1'), { at: '2.103' })).status).toBe(200);
});

const limits = async (version: string, as: 'admin' | 'demo' = 'demo', query = '') =>
  (await face.ask('GET', `/limits${query}`, { at: version, as })).body.limits;

describe('limits', () => {
  const max = ['maxTotalInstances', 'maxTotalCores', 'maxTotalRAMSize', 'maxServerMeta', 'maxTotalKeypairs'];
  const maxGroups = ['maxServerGroups', 'maxServerGroupMembers'];
  const used = ['totalRAMUsed', 'totalCoresUsed', 'totalInstancesUsed', 'totalServerGroupsUsed'];
  const network = ['maxTotalFloatingIps', 'maxSecurityGroups', 'maxSecurityGroupRules', 'totalFloatingIpsUsed', 'totalSecurityGroupsUsed'];
  const personality = ['maxPersonality', 'maxPersonalitySize'];

  test.each([
    ['2.1', sorted(max, maxGroups, used, network, personality, ['maxImageMeta'])],
    ['2.35', sorted(max, maxGroups, used, network, personality, ['maxImageMeta'])],
    ['2.36', sorted(max, maxGroups, used, personality, ['maxImageMeta'])],
    ['2.38', sorted(max, maxGroups, used, personality, ['maxImageMeta'])],
    ['2.39', sorted(max, maxGroups, used, personality)],
    ['2.56', sorted(max, maxGroups, used, personality)],
    ['2.57', sorted(max, maxGroups, used)],
    ['2.103', sorted(max, maxGroups, used)],
  ])('at %s have their keys', async (version, keys) => {
    const { absolute, rate } = await limits(version);
    expect([keysOf(absolute), rate]).toEqual([keys, []]);
  });

  test('tell what the project may have and has', async () => {
    expect((await limits('2.1')).absolute).toMatchObject({
      maxTotalInstances: 10,
      maxTotalRAMSize: 51_200,
      maxPersonality: 5,
      maxSecurityGroups: -1,
      totalInstancesUsed: 3,
      totalCoresUsed: 6,
      totalRAMUsed: 3_072,
      totalServerGroupsUsed: 0,
    });
  });

  test('of another project are for administrators', async () => {
    expect((await limits('2.1', 'admin', `?tenant_id=${projects.demo}`)).absolute.totalInstancesUsed).toBe(3);
    expect((await limits('2.1', 'admin')).absolute.totalInstancesUsed).toBe(0);
    expect((await face.ask('GET', `/limits?tenant_id=${projects.demo}`, { as: 'demo' })).status).toBe(200);
    expect((await face.ask('GET', `/limits?tenant_id=${projects.other}`, { as: 'demo' })).status).toBe(403);
    expect((await face.ask('GET', '/limits?reserved=1', { at: '2.74' })).status).toBe(200);
    expect((await face.ask('GET', '/limits?reserved=1', { at: '2.75' })).status).toBe(400);
  });
});
