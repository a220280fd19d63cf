import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../../../test/support/ask.ts';
import { brokenBodies, hostileIds, mutationsOf } from '../../../../test/support/hostile.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';
import { identityRoutes } from './mount-identity.ts';

/** A seeded sample: the same cases in every run. */
const RUNS = { numRuns: 25, seed: 20_260_101 };

let identity: StartedIdentity;
let token: string;
beforeAll(async () => {
  identity = await startIdentity();
  const user = { name: 'admin', domain: { id: 'default' }, password: 'admin' };
  const auth = { identity: { methods: ['password'], password: { user } } };
  token = (await ask(`${identity.origin}/v3/auth/tokens`, 'POST', { auth })).headers.get('x-subject-token') ?? '';
});
afterAll(() => identity?.stop());

/** Sends as admin, so that no policy refuses the request before its input is checked. */
async function send(method: string, path: string, body?: unknown): Promise<number> {
  const answer = await ask(`${identity.origin}/v3${path}`, method, body, { 'x-auth-token': token });
  const { status } = answer;
  if (status >= 400 && method !== 'HEAD') expect(answer.body, `${method} ${path}`).toMatchObject({ error: { code: status } });
  return status;
}

test('hostile ids are answered by every route, and never by a failure', async () => {
  const routes = identityRoutes.filter(({ path }) => path.includes('{'));
  const failed: string[] = [];
  for (const { method, path, body } of routes) {
    for (const hostile of hostileIds) {
      const status = await send(method, path.replaceAll(/\{\w+\}/g, hostile), body && { [body.key ?? '']: {} });
      if (status < 400 || status >= 500) failed.push(`${status} ${method} ${path} ${hostile.slice(0, 40)}`);
    }
  }
  // An unknown role or user is 404, whatever its id looks like.
  expect(failed).toEqual([]);
}, 60_000);

test('hostile queries are answered by every list, and never by a failure', async () => {
  for (const { path } of identityRoutes.filter(({ method, path: template, query }) => method === 'GET' && query && !template.includes('{')))
    for (const name of ['limit', 'marker', 'name', 'enabled', 'tags', 'user.id', '%00'])
      for (const hostile of hostileIds.slice(4, 14))
        expect(await send('GET', `${path}?${name}=${hostile}`), `${path} ${name} ${hostile}`).toBeLessThan(500);
}, 60_000);

const project = { name: 'x', description: 'y', enabled: true, domain_id: 'default', parent_id: 'default', tags: ['a'], more: 'z' };
const user = { name: 'x', password: 'p', email: 'e', description: 'd', enabled: true, default_project_id: 'project-demo', more: {} };

test.each([
  ['POST', '/projects', { project }],
  ['PATCH', '/projects/project-demo', { project }],
  ['POST', '/users', { user }],
  ['PATCH', '/users/user-demo', { user }],
  ['POST', '/users/user-demo/password', { user: { original_password: 'x', password: 'y' } }],
  ['POST', '/roles', { role: { name: 'x', description: 'y' } }],
  ['PATCH', '/roles/role-reader', { role: { name: 'reader', description: 'y' } }],
  ['POST', '/domains', { domain: { name: 'x', description: 'y', enabled: true } }],
  ['PATCH', '/domains/default', { domain: { name: 'Default', description: 'y' } }],
  [
    'POST',
    '/auth/tokens',
    {
      auth: {
        identity: {
          methods: ['password', 'token'],
          password: { user: { name: 'x', domain: { name: 'y' }, password: 'p' } },
          token: { id: 'x' },
        },
        scope: { project: { name: 'x', domain: { id: 'default' } } },
      },
    },
  ],
])(
  '%s %s never fails, whatever the body',
  async (method, path, body) => {
    for (const broken of brokenBodies) expect([400, 401, 413], `${broken.slice(0, 40)}`).toContain(await send(method, path, broken));
    await fc.assert(
      fc.asyncProperty(mutationsOf(body), async (mutated) => {
        expect(await send(method, path, mutated)).toBeLessThan(500);
      }),
      RUNS,
    );
  },
  60_000,
);
