import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionOf } from './fixture/session.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

let identity: StartedIdentity;
let admin: Awaited<ReturnType<typeof sessionOf>>;
let demo: Awaited<ReturnType<typeof sessionOf>>;
const TAGS = '/projects/project-demo/tags';

beforeAll(async () => {
  identity = await startIdentity();
  [admin, demo] = await Promise.all([sessionOf(identity.origin), sessionOf(identity.origin, 'demo')]);
});
afterAll(() => identity?.stop());

const tags = async () => (await admin('GET', TAGS)).body.tags;

// Fault 2026-11 D5.
test('the tags of a project are listed, replaced, added, checked and removed', async () => {
  const links = { self: `${identity.origin}/v3${TAGS}`, previous: null, next: null };
  expect((await admin('GET', TAGS)).body).toEqual({ tags: [], links });
  expect(await admin('PUT', TAGS, { tags: ['a', 'b'] })).toMatchObject({ status: 200, body: { tags: ['a', 'b'], links } });
  const added = await admin('PUT', `${TAGS}/c%20d`);
  expect([added.status, added.headers.get('location')]).toEqual([201, `${identity.origin}/v3${TAGS}/c%20d`]);
  expect((await admin('PUT', `${TAGS}/a`)).status).toBe(201);
  expect(await tags()).toEqual(['a', 'b', 'c d']);
  expect((await admin('GET', '/projects/project-demo')).body.project.tags).toEqual(['a', 'b', 'c d']);
  expect([(await admin('GET', `${TAGS}/a`)).status, (await admin('HEAD', `${TAGS}/A`)).status]).toEqual([204, 404]);
  expect((await admin('DELETE', `${TAGS}/b`)).status).toBe(204);
  expect((await admin('DELETE', `${TAGS}/b`)).body.error).toEqual({
    code: 404,
    title: 'Not Found',
    message: 'Could not find project tag: b.',
  });
  expect(await tags()).toEqual(['a', 'c d']);
  expect((await admin('DELETE', TAGS)).status).toBe(204);
  expect(await tags()).toEqual([]);
});

// Fault 2026-11 D5.
test('tags that are added at one moment are all kept', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `t${n}`);
  const answers = await Promise.all(names.map((name) => admin('PUT', `${TAGS}/${name}`)));
  expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
  expect((await tags()).toSorted()).toEqual(names.toSorted());
});

// Fault 2026-11 D5.
test('a project has at most 80 tags, without commas and slashes', async () => {
  const many = Array.from({ length: 80 }, (_, n) => `t${n}`);
  expect((await admin('PUT', TAGS, { tags: [...many, 'more'] })).status).toBe(400);
  expect((await admin('PUT', TAGS, { tags: ['a', 'a'] })).status).toBe(400);
  expect((await admin('PUT', TAGS, { tags: many })).status).toBe(200);
  expect((await admin('PUT', `${TAGS}/more`)).status).toBe(400);
  expect((await admin('PUT', `${TAGS}/t0`)).status).toBe(201);
  expect((await admin('PUT', `${TAGS}/a,b`)).status).toBe(400);
  expect((await admin('GET', '/projects/none/tags')).body.error.message).toBe('Could not find project: none.');
});

// Fault 2026-11 D5.
test('a member reads the tags of the own project, and changes none', async () => {
  await admin('PUT', TAGS, { tags: ['a'] });
  expect((await demo('GET', TAGS)).body.tags).toEqual(['a']);
  expect((await demo('GET', `${TAGS}/a`)).status).toBe(204);
  expect((await demo('GET', '/projects/project-admin/tags')).status).toBe(403);
  for (const [method, path] of [
    ['PUT', TAGS],
    ['DELETE', TAGS],
    ['PUT', `${TAGS}/b`],
    ['DELETE', `${TAGS}/a`],
  ] as const)
    expect((await demo(method, path, path === TAGS && method === 'PUT' ? { tags: [] } : undefined)).status, `${method} ${path}`).toBe(403);
  expect(await tags()).toEqual(['a']);
});

// Fault 2026-11 D5.
test('the tags of an immutable project stay', async () => {
  await admin('PUT', TAGS, { tags: ['a'] });
  await admin('PATCH', '/projects/project-demo', { project: { options: { immutable: true } } });
  expect((await admin('PUT', `${TAGS}/b`)).status).toBe(403);
  expect(await tags()).toEqual(['a']);
});
