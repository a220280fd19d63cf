/** Attributes of domains, projects, users and roles that Keystone keeps: domain, options, extra fields. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask as askUrl } from '../../../../test/support/ask.ts';
import { sessionOf } from './fixture/session.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

let identity: StartedIdentity;
let ask: Awaited<ReturnType<typeof sessionOf>>;

beforeAll(async () => {
  identity = await startIdentity();
  ask = await sessionOf(identity.origin);
});
afterAll(() => identity?.stop());

const isMade = async (kind: string, wanted: object) => {
  const { status, body } = await ask('POST', `/${kind}s`, { [kind]: wanted });
  expect(status, JSON.stringify(body)).toBe(201);
  return body[kind];
};

// Fault 2026-11 D4.
describe.each(['domain', 'project', 'role'])('a %s', (kind) => {
  const path = (id: string) => `/${kind}s/${id}`;

  test('keeps the extra fields that a client gives it, and its options', async () => {
    const made = await isMade(kind, { name: 'kept', options: { immutable: false }, email: 'x@y', id: 'mine' });
    expect(made).toMatchObject({ name: 'kept', options: { immutable: false }, email: 'x@y' });
    expect(made.id).not.toBe('mine');
    expect((await ask('GET', path(made.id))).body[kind]).toEqual(made);
    const changed = await ask('PATCH', path(made.id), { [kind]: { email: null, colour: 'red', options: { immutable: null } } });
    expect(changed.body[kind]).toMatchObject({ colour: 'red', options: {} });
    expect(changed.body[kind]).not.toHaveProperty('email');
  });

  test('that is immutable is neither changed nor deleted until that is unset', async () => {
    const { id } = await isMade(kind, { name: 'fixed', options: { immutable: true }, ...(kind === 'domain' && { enabled: false }) });
    const refused = (act: string) => ({
      error: {
        code: 403,
        title: 'Forbidden',
        message: `Unable to ${act} immutable ${kind} resource: \`${id}\`. Set resource option "immutable" to false first.`,
      },
    });
    expect((await ask('PATCH', path(id), { [kind]: { description: 'new' } })).body).toEqual(refused('update'));
    expect((await ask('PATCH', path(id), { [kind]: { description: 'new', options: { immutable: false } } })).status).toBe(403);
    expect((await ask('DELETE', path(id))).body).toEqual(refused('delete'));
    expect((await ask('GET', path(id))).body[kind]).toMatchObject({ name: 'fixed', options: { immutable: true } });
    expect((await ask('PATCH', path(id), { [kind]: { options: { immutable: false } } })).status).toBe(200);
    expect((await ask('PATCH', path(id), { [kind]: { description: 'new' } })).body[kind].description).toBe('new');
    expect((await ask('DELETE', path(id))).status).toBe(204);
  });

  test('has no other options', async () => {
    const { status, body } = await ask('POST', `/${kind}s`, { [kind]: { name: 'odd', options: { mutable: true } } });
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('mutable')]);
  });
});

const logIn = (scope: object) =>
  askUrl(`${identity.origin}/v3/auth/tokens`, 'POST', {
    auth: {
      identity: { methods: ['password'], password: { user: { name: 'demo', domain: { id: 'default' }, password: 'demo' } } },
      scope,
    },
  });

// Fault 2026-11 D4.
describe('a role of a domain', () => {
  let domain: string;
  let other: string;
  let role: { readonly id: string };
  beforeAll(async () => {
    [domain, other] = [(await isMade('domain', { name: 'own' })).id, (await isMade('domain', { name: 'other' })).id];
    role = await isMade('role', { name: 'admin', domain_id: domain });
  });

  test('may have the name of a role of the cloud, and is listed only with its domain', async () => {
    expect(role).toMatchObject({ name: 'admin', domain_id: domain, options: {} });
    const ids = async (query: string) => (await ask('GET', `/roles?${query}`)).body.roles.map(({ id }: { id: string }) => id);
    expect(await ids('name=admin')).toEqual(['role-admin']);
    expect(await ids(`domain_id=${domain}`)).toEqual([role.id]);
    expect(await ids(`domain_id=${other}`)).toEqual([]);
    expect((await ask('POST', '/roles', { role: { name: 'admin', domain_id: domain } })).status).toBe(409);
    expect((await ask('POST', '/roles', { role: { name: 'x', domain_id: 'none' } })).body.error.message).toBe(
      'Could not find domain: none.',
    );
    expect((await ask('PATCH', `/roles/${role.id}`, { role: { domain_id: other } })).status).toBe(400);
  });

  test('is granted in its domain only, and gives no rights by itself, whatever its name', async () => {
    const project = await isMade('project', { name: 'inside', domain_id: domain });
    const grant = (place: string) => `/${place}/users/user-demo/roles/${role.id}`;
    for (const place of ['projects/project-demo', `domains/${other}`]) expect((await ask('PUT', grant(place))).status, place).toBe(403);
    for (const place of [`projects/${project.id}`, `domains/${domain}`]) expect((await ask('PUT', grant(place))).status, place).toBe(204);
    expect((await ask('GET', `/projects/${project.id}/users/user-demo/roles`)).body.roles).toMatchObject([
      { id: role.id, domain_id: domain },
    ]);
    for (const scope of [{ project: { id: project.id } }, { domain: { id: domain } }]) expect((await logIn(scope)).status).toBe(401);
    for (const place of [`projects/${project.id}`, `domains/${domain}`])
      expect((await ask('PUT', `/${place}/users/user-demo/roles/role-reader`)).status).toBe(204);
    for (const scope of [{ project: { id: project.id } }, { domain: { id: domain } }])
      expect((await logIn(scope)).body.token.roles).toEqual([{ id: 'role-reader', name: 'reader' }]);
    const listed = async (query: string) =>
      (await ask('GET', `/role_assignments?scope.project.id=${project.id}&${query}`)).body.role_assignments;
    expect((await listed('include_names')).map((one: { role: object }) => one.role)).toEqual([
      { id: role.id, name: 'admin', domain: { id: domain, name: 'own' } },
      { id: 'role-reader', name: 'reader' },
    ]);
    expect((await listed('effective')).map((one: { role: object }) => one.role)).toEqual([{ id: 'role-reader' }]);
  });

  test('is deleted with its domain', async () => {
    await ask('PATCH', `/domains/${domain}`, { domain: { enabled: false } });
    expect((await ask('DELETE', `/domains/${domain}`)).status).toBe(204);
    expect((await ask('GET', `/roles/${role.id}`)).status).toBe(404);
  });
});

// Fault 2026-11 D4.
test('an option of a user is refused instead of being ignored', async () => {
  const { status, body } = await ask('POST', '/users', { user: { name: 'x', options: { lock_password: true } } });
  expect([status, body.error.message]).toEqual([400, expect.stringContaining("'lock_password'")]);
  expect((await isMade('user', { name: 'x', options: { lock_password: false, multi_factor_auth_rules: [] } })).options).toEqual({});
});

// Fault 2026-11 D4.
test('the roles that the policy uses are immutable', async () => {
  expect((await ask('PATCH', '/roles/role-admin', { role: { options: { immutable: false } } })).status).toBe(403);
  expect((await ask('GET', '/roles/role-admin')).body.role.options).toEqual({ immutable: true });
});
