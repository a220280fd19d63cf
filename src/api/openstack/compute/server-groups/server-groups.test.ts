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

const make = (group: object, at: string, as: 'admin' | 'demo' | 'other' = 'demo') =>
  face.ask('POST', '/os-server-groups', { at, as, body: { server_group: group } });

const names = async (query: string) =>
  (await face.ask('GET', `/os-server-groups${query}`, { as: 'demo' })).body.server_groups.map(({ name }: { name: string }) => name);
const seen = async (as: 'admin' | 'other') => (await face.ask('GET', '/os-server-groups?all_projects=1', { as })).body.server_groups.length;

test.each([
  ['2.1', ['id', 'members', 'metadata', 'name', 'policies']],
  ['2.13', ['id', 'members', 'metadata', 'name', 'policies', 'project_id', 'user_id']],
  ['2.63', ['id', 'members', 'metadata', 'name', 'policies', 'project_id', 'user_id']],
  ['2.64', ['id', 'members', 'name', 'policy', 'project_id', 'rules', 'user_id']],
])('at %s a group has %j', async (at, keys) => {
  const policy = at === '2.64' ? { policy: 'affinity' } : { policies: ['affinity'] };
  const { body } = await make({ name: 'x', ...policy }, at, 'other');
  expect(Object.keys(body.server_group).toSorted()).toEqual(keys);
  expect((await face.ask('GET', `/os-server-groups/${body.server_group.id}`, { at, as: 'other' })).body).toEqual(body);
  expect((await face.ask('DELETE', `/os-server-groups/${body.server_group.id}`, { at, as: 'other' })).status).toBe(204);
});

test.each([
  ['2.14', { name: 'x', policies: ['soft-affinity'] }, 400],
  ['2.15', { name: 'x', policies: ['soft-affinity'] }, 200],
  ['2.1', { name: 'x', policies: [] }, 400],
  ['2.1', { name: 'x', policies: ['affinity', 'anti-affinity'] }, 400],
  ['2.1', { name: 'x', policy: 'affinity' }, 400],
  ['2.64', { name: 'x', policies: ['affinity'] }, 400],
  ['2.64', { name: 'x' }, 400],
  ['2.64', { name: ' ', policy: 'affinity' }, 400],
  ['2.64', { name: 'x', policy: 'anti-affinity', rules: { max_server_per_host: '3' } }, 200],
  ['2.64', { name: 'x', policy: 'anti-affinity', rules: { max_server_per_host: 0 } }, 400],
  ['2.64', { name: 'x', policy: 'anti-affinity', rules: { max_server_per_host: '0' } }, 400],
  ['2.64', { name: 'x', policy: 'anti-affinity', rules: { max_server_per_host: 2 ** 31 } }, 400],
  ['2.64', { name: 'x', policy: 'anti-affinity', rules: { other: 1 } }, 400],
  ['2.64', { name: 'x', policy: 'affinity', rules: { max_server_per_host: 3 } }, 400],
  ['2.64', { name: 'x', policy: 'affinity', rules: {} }, 200],
])('at %s %j is answered %i', async (at, group, status) => {
  const answer = await make(group, at, 'other');
  expect(answer.status).toBe(status);
  if (status === 200) await face.ask('DELETE', `/os-server-groups/${answer.body.server_group.id}`, { as: 'other' });
});

describe('ten groups', () => {
  beforeAll(async () => {
    for (let n = 0; n < 10; n += 1) await make({ name: `g${n}`, policies: ['affinity'] }, '2.1');
  });
  test('are a project’s quota', async () => {
    const { status, body } = await make({ name: 'more', policies: ['affinity'] }, '2.1');
    expect([status, body.forbidden.message]).toEqual([403, 'Quota exceeded, too many server groups.']);
    expect((await face.ask('GET', '/limits', { as: 'demo' })).body.limits.absolute.totalServerGroupsUsed).toBe(10);
    const detail = await face.ask('GET', `/os-quota-sets/${projects.demo}/detail`);
    expect(detail.body.quota_set.server_groups).toEqual({ in_use: 10, limit: 10, reserved: 0 });
    const below = await face.ask('PUT', `/os-quota-sets/${projects.demo}`, { body: { quota_set: { server_groups: 9 } } });
    expect(below.status).toBe(400);
  });

  test('are listed by limit and offset, without links', async () => {
    expect(await names('?limit=2&offset=3')).toEqual(['g3', 'g4']);
    expect(await names('?offset=8')).toEqual(['g8', 'g9']);
    expect(await names('?limit=0')).toHaveLength(10);
    expect(await names('?offset=10')).toEqual([]);
    expect(Object.keys((await face.ask('GET', '/os-server-groups?limit=2', { as: 'demo' })).body)).toEqual(['server_groups']);
    for (const query of ['?offset=-1', '?offset=x', '?limit=-1', '?offset=99999999999'])
      expect([query, (await face.ask('GET', `/os-server-groups${query}`, { as: 'demo' })).status]).toEqual([query, 400]);
  });

  test('are seen by others only who may see all projects', async () => {
    expect([await seen('admin'), await seen('other')]).toEqual([10, 0]);
  });
});

test.each([
  ['GET', '/os-server-groups?x=1', '2.74', 200],
  ['GET', '/os-server-groups?x=1', '2.75', 400],
])('%s %s at %s: %i', async (method, path, at, status) => {
  expect((await face.ask(method, path, { at })).status).toBe(status);
});
