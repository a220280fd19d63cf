import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../../../test/support/ask.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

let identity: StartedIdentity;
let admin: string;
let demo: string;

beforeAll(async () => {
  identity = await startIdentity();
  [admin, demo] = await Promise.all([tokenOf('admin'), tokenOf('demo')]);
});
afterAll(() => identity?.stop());

const url = (path: string) => `${identity.origin}/v3/auth${path}`;

async function tokenOf(name: string, scope?: unknown): Promise<string> {
  const user = { name, domain: { id: 'default' }, password: name };
  const auth = { identity: { methods: ['password'], password: { user } }, ...(scope !== undefined && { scope }) };
  const answer = await ask(url('/tokens'), 'POST', { auth });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.headers.get('x-subject-token') ?? '';
}

const act = (method: string, as: string, subject: string) =>
  ask(url('/tokens'), method, undefined, { 'x-auth-token': as, 'x-subject-token': subject });
const catalogFor = (token: string) => ask(url('/catalog'), 'GET', undefined, { 'x-auth-token': token });

// Fault 2026-11 A11.
test('the catalog is shown for a project, and to nobody without one', async () => {
  expect((await catalogFor(demo)).body.catalog).toMatchObject([{ type: 'compute', endpoints: [{ url: 'http://nova/v2.1' }, {}, {}] }]);
  const refused = await catalogFor(await tokenOf('demo', 'unscoped'));
  const message = 'A project-scoped token is required to produce a service catalog.';
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 403, title: 'Forbidden', message } } });
  await ask(`${identity.origin}/v3/domains/default/users/user-demo/roles/role-reader`, 'PUT', undefined, { 'x-auth-token': admin });
  expect((await catalogFor(await tokenOf('demo', { domain: { id: 'default' } }))).status).toBe(403);
});

// Fault 2026-11 A12.
test('the token of another user is shown and revoked only for admins and services; an invalid one is found by nobody', async () => {
  for (const [method, rule] of [
    ['GET', 'validate_token'],
    ['DELETE', 'revoke_token'],
  ] as const) {
    const message = `You are not authorized to perform the requested action: identity:${rule}.`;
    expect(await act(method, demo, admin)).toMatchObject({ status: 403, body: { error: { code: 403, title: 'Forbidden', message } } });
  }
  expect((await act('HEAD', demo, admin)).status).toBe(403);
  expect((await act('GET', demo, demo)).body.token.user.id).toBe('user-demo');
  expect((await act('GET', admin, demo)).body.token.user.id).toBe('user-demo');
  for (const as of [admin, demo]) expect((await act('GET', as, 'x.y.z')).status).toBe(404);
  expect((await act('GET', 'x.y.z', demo)).status).toBe(401);
  expect((await act('GET', admin, admin)).status).toBe(200);
});
