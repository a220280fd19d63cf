import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import { novaPolicy, PolicyForbidden } from '../../policy/policy.ts';
import { TooManyServerGroups } from '../../quota/group-quota.ts';
import { unlimited } from '../../quota/resources.ts';
import { RulesNotOfPolicy, ServerGroupNotFound } from './errors.ts';
import { ServerGroupApi } from './server-group-api.ts';

const caller = (projectId: string, more: Partial<Context> = {}): Context => ({
  requestId: `req-${projectId}`,
  userId: 'ann',
  projectId,
  roles: ['member', 'reader'],
  isAdmin: false,
  ...more,
});
const admin = caller('operators', { roles: ['admin', 'member', 'reader'], isAdmin: true });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});

const api = (limit = -1) =>
  new ServerGroupApi({ db: database.db, policy: novaPolicy(), ids: systemIds, quotaLimits: { ...unlimited, server_groups: limit } });
const apart = { name: 'apart', policy: 'anti-affinity' } as const;

test('a group is made, found and deleted by its project, and its name need not be unique', async () => {
  const made = await api().create(caller('a'), { ...apart, rules: { maxServerPerHost: 3 } });
  expect(made).toMatchObject({ name: 'apart', policy: 'anti-affinity', maxServerPerHost: 3, projectId: 'a', userId: 'ann', members: [] });
  const again = await api().create(caller('a'), apart);
  expect(again.id).not.toBe(made.id);
  expect(await api().find(caller('a'), made.id)).toEqual(made);
  await api().delete(caller('a'), made.id);
  await expect(api().find(caller('a'), made.id)).rejects.toThrow(`Instance group ${made.id} could not be found.`);
  await expect(api().delete(caller('a'), made.id)).rejects.toSatisfy(ServerGroupNotFound.is);
});

test.each(['no uuid', '00000000-0000-4000-8000-000000000000'])('there is no group %s', async (id) => {
  await expect(api().find(caller('a'), id)).rejects.toSatisfy(ServerGroupNotFound.is);
  await expect(api().delete(caller('a'), id)).rejects.toSatisfy(ServerGroupNotFound.is);
});

test('only anti-affinity has rules', async () => {
  const rules = { maxServerPerHost: 2 };
  for (const policy of ['affinity', 'soft-affinity', 'soft-anti-affinity'] as const)
    await expect(api().create(caller('a'), { name: 'x', policy, rules })).rejects.toSatisfy(RulesNotOfPolicy.is);
});

test('groups of other projects are out of reach, except for admins', async () => {
  const { id } = await api().create(caller('mine'), apart);
  await expect(api().find(caller('theirs'), id)).rejects.toSatisfy(ServerGroupNotFound.is);
  await expect(api().delete(caller('theirs'), id)).rejects.toSatisfy(ServerGroupNotFound.is);
  expect(await api().find(admin, id)).toMatchObject({ id });
  await api().delete(admin, id);
});

test('a reader can neither create nor delete groups', async () => {
  const reader = caller('read', { roles: ['reader'] });
  const { id } = await api().create(caller('read'), apart);
  await expect(api().create(reader, apart)).rejects.toSatisfy(PolicyForbidden.is);
  await expect(api().delete(reader, id)).rejects.toSatisfy(PolicyForbidden.is);
  expect(await api().find(reader, id)).toMatchObject({ id });
});

test("a list has the project's groups in order of creation; all projects' for admins only", async () => {
  const names = ['c', 'a', 'b'];
  for (const name of names) await api().create(caller('list'), { ...apart, name });
  await api().create(caller('other list'), { ...apart, name: 'z' });
  const listed = async (ctx: Context, page: { limit: number; offset: number; allProjects?: boolean }) =>
    (await api().list(ctx, { allProjects: false, ...page })).map(({ name }) => name);
  expect(await listed(caller('list'), { limit: 10, offset: 0 })).toEqual(names);
  expect(await listed(caller('list'), { limit: 1, offset: 1 })).toEqual(['a']);
  expect(await listed(caller('list'), { limit: 10, offset: 0, allProjects: true })).toEqual(names);
  expect(await listed(admin, { limit: 1_000, offset: 0, allProjects: true })).toEqual(expect.arrayContaining([...names, 'z']));
  expect(await listed(admin, { limit: 10, offset: 0 })).toEqual([]);
});

test('concurrent creates do not pass the limit', async () => {
  const made = await Promise.allSettled(Array.from({ length: 12 }, () => api(3).create(caller('crowd'), apart)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(made.every((one) => one.status === 'fulfilled' || TooManyServerGroups.is(one.reason))).toBe(true);
  await expect(api(3).create(caller('crowd'), apart)).rejects.toThrow('Quota exceeded, too many server groups.');
});

test('a retried create or delete of a group succeeds', async () => {
  const ctx = caller('again', { requestId: 'req-again', keyed: true });
  const made = await api(1).create(ctx, apart);
  expect(await api(1).create({ ...ctx, resumed: true }, apart)).toEqual(made);
  const gone = { ...ctx, requestId: 'req-gone' };
  await api().delete(gone, made.id);
  await api().delete({ ...gone, resumed: true }, made.id);
});
