import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionOf } from './fixture/session.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

let identity: StartedIdentity;
let ask: Awaited<ReturnType<typeof sessionOf>>;

const kinds = ['domain', 'project', 'user', 'role'] as const;
const NAMES = ['Alpha-one', 'alpha-two', 'x.lpha%_one'];

beforeAll(async () => {
  identity = await startIdentity();
  ask = await sessionOf(identity.origin);
  for (const kind of kinds)
    for (const name of NAMES) expect((await ask('POST', `/${kind}s`, { [kind]: { name } })).status, `${kind} ${name}`).toBe(201);
  for (const [name, tags] of Object.entries({ 'tag-a': ['a'], 'tag-ab': ['a', 'b'], 'tag-c': ['c'] }))
    expect((await ask('POST', '/projects', { project: { name, tags } })).status).toBe(201);
});
afterAll(() => identity?.stop());

async function found(kind: string, query: string): Promise<readonly string[]> {
  const { status, body } = await ask('GET', `/${kind}s?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body[`${kind}s`].map(({ name }: { readonly name: string }) => name);
}

// Fault 2026-11 D3.
describe.each(kinds)('a list of %ss', (kind) => {
  test.each([
    ['name__contains=zzz', []],
    ['name__contains=lpha-', ['Alpha-one', 'alpha-two']],
    ['name__contains=LPHA-', []],
    ['name__icontains=LPHA-', ['Alpha-one', 'alpha-two']],
    ['name__startswith=alpha', ['alpha-two']],
    ['name__istartswith=ALPHA', ['Alpha-one', 'alpha-two']],
    ['name__endswith=one', ['Alpha-one', 'x.lpha%_one']],
    ['name__endswith=ONE', []],
    ['name__iendswith=ONE', ['Alpha-one', 'x.lpha%_one']],
    ['name__contains=.lpha%25_', ['x.lpha%_one']],
    ['name__contains=lpha&name__endswith=two', ['alpha-two']],
    ['name=alpha-two&sort_key=name', ['alpha-two']],
  ])('filters by %s', async (query, expected) => {
    expect((await found(kind, query)).toSorted()).toEqual(expected.toSorted());
  });

  test.each(['name__like=a', 'nmae=alpha-two', 'colour=red'])(
    'refuses %s, which is no filter, instead of listing everything',
    async (query) => {
      const { status, body } = await ask('GET', `/${kind}s?${query}`);
      expect([status, body.error.message]).toEqual([400, expect.stringContaining(`'${query.split('=')[0]}' was unexpected`)]);
    },
  );

  test('pages through what a filter finds', async () => {
    const { body } = await ask('GET', `/${kind}s?name__icontains=LPHA-&limit=1`);
    const next = body.links.next.slice(`${identity.origin}/v3`.length);
    const names = [body, (await ask('GET', next)).body].flatMap((page) => page[`${kind}s`]).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['Alpha-one', 'alpha-two']);
  });
});

// Fault 2026-11 D3.
test.each([
  ['tags=a', ['tag-a', 'tag-ab']],
  ['tags=a,b', ['tag-ab']],
  ['tags-any=b,c', ['tag-ab', 'tag-c']],
  ['not-tags=a,b', ['tag-a', 'tag-c']],
  ['not-tags-any=b,c', ['tag-a']],
  ['tags=a&not-tags-any=b', ['tag-a']],
])('projects are filtered by %s', async (query, expected) => {
  expect(await found('project', `name__startswith=tag-&${query}`)).toEqual(expected);
});

// Fault 2026-11 D3.
test.each([
  'services?name__contains=x',
  'endpoints?colour=red',
  'regions?name=x',
  'role_assignments?user=user-demo',
  'users/user-demo/projects?colour=red',
])('GET /%s is refused: it is no filter of this list', async (path) => {
  expect((await ask('GET', `/${path}`)).status).toBe(400);
});

// Fault 2026-11 D3.
test('users are filtered by their default project, and none by what this service does not have', async () => {
  expect(await found('user', 'default_project_id=project-demo')).toEqual(['demo']);
  expect(await found('user', 'password_expires_at=lt:2020-01-01T00:00:00Z')).toEqual([]);
  expect(await found('user', 'idp_id=x')).toEqual([]);
});
