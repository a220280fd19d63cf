import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask as askUrl } from '../../../../test/support/ask.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

let identity: StartedIdentity;
let origin: string;
let admin: string;
let demo: string;

beforeAll(async () => {
  identity = await startIdentity();
  ({ origin } = identity);
  [admin, demo] = await Promise.all([tokenOf('admin'), tokenOf('demo')]);
});
afterAll(() => identity?.stop());

const logIn = (name: string, password = name, scope?: object) =>
  askUrl(`${origin}/v3/auth/tokens`, 'POST', {
    auth: {
      identity: { methods: ['password'], password: { user: { name, domain: { id: 'default' }, password } } },
      ...(scope && { scope }),
    },
  });

async function tokenOf(name: string, password = name, scope?: object): Promise<string> {
  const answer = await logIn(name, password, scope);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.headers.get('x-subject-token') ?? '';
}

const ask = (method: string, path: string, body?: unknown, token = admin) =>
  askUrl(`${origin}/v3${path}`, method, body, { 'x-auth-token': token });

const works = async (token: string): Promise<boolean> => (await ask('GET', '/auth/projects', undefined, token)).status === 200;

/** Makes something; fails unless it was made. @returns its id */
async function make(kind: 'project' | 'user' | 'role' | 'domain', wanted: object): Promise<string> {
  const answer = await ask('POST', `/${kind}s`, { [kind]: wanted });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body[kind].id;
}

const fault = (code: number, title: string, message: string) => ({ status: code, body: { error: { code, title, message } } });
const namesOf = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('projects', () => {
  test('are created, shown, listed, changed and deleted', async () => {
    const created = await ask('POST', '/projects', { project: { name: 'web', description: 'Shop', tags: ['a', 'b'], options: {} } });
    const { project } = created.body;
    expect(created.status).toBe(201);
    expect(project).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'web',
      domain_id: 'default',
      description: 'Shop',
      enabled: true,
      parent_id: 'default',
      is_domain: false,
      tags: ['a', 'b'],
      options: {},
      links: { self: `${origin}/v3/projects/${project.id}` },
    });
    expect((await ask('GET', `/projects/${project.id}`)).body).toEqual({ project });
    const changed = await ask('PATCH', `/projects/${project.id}`, { project: { name: 'shop', enabled: false } });
    expect(changed).toMatchObject({ status: 200, body: { project: { name: 'shop', enabled: false, description: 'Shop' } } });
    expect((await ask('GET', '/projects?name=shop&enabled=False')).body.projects).toEqual([changed.body.project]);
    for (const filter of ['name=shop&enabled', 'name=shop&domain_id=other', 'name=shop&parent_id=x', 'name=shop&tags=c', 'is_domain=true'])
      expect((await ask('GET', `/projects?${filter}`)).body.projects).toEqual([]);
    expect((await ask('GET', '/projects?tags=b,a&parent_id=default')).body.projects).toHaveLength(1);
    expect((await ask('DELETE', `/projects/${project.id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect(await ask(method, `/projects/${project.id}`)).toMatchObject(fault(404, 'Not Found', `Could not find project: ${project.id}.`));
  });

  test('stand below each other, five deep with their domain, and the lowest goes first', async () => {
    let parent = await make('project', { name: 'level-2' });
    const top = parent;
    for (const level of [3, 4, 5]) {
      const id = await make('project', { name: `level-${level}`, parent_id: parent });
      expect((await ask('GET', `/projects?parent_id=${parent}`)).body.projects[0].id).toBe(id);
      parent = id;
    }
    expect((await ask('POST', '/projects', { project: { name: 'level-6', parent_id: parent } })).status).toBe(403);
    expect(await ask('DELETE', `/projects/${top}`)).toMatchObject({ status: 403 });
    expect((await ask('DELETE', `/projects/${parent}`)).status).toBe(204);
  });

  test('pages follow each other to the end', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await make('project', { name });
    const seen: string[] = [];
    let path: string | null = '/projects?limit=2&domain_id=default';
    for (let pages = 0; path !== null && pages < 50; pages++) {
      const { body } = await ask('GET', path);
      expect(body.truncated).toBe(body.links.next === null ? undefined : true);
      seen.push(...namesOf(body.projects));
      path = body.links.next === null ? null : body.links.next.slice(`${origin}/v3`.length);
    }
    expect(seen).toEqual(namesOf((await ask('GET', '/projects')).body.projects));
    expect((await ask('GET', '/projects?marker=nothing')).body.projects).toEqual([]);
  });

  test('of one name live in two domains, not in one', async () => {
    const domainId = await make('domain', { name: 'elsewhere' });
    await make('project', { name: 'twin' });
    await make('project', { name: 'twin', domain_id: domainId });
    const conflict = 'Conflict occurred attempting to store project - Duplicate entry found with name twin at domain ID default.';
    expect(await ask('POST', '/projects', { project: { name: 'twin' } })).toMatchObject(fault(409, 'Conflict', conflict));
    const other = await make('project', { name: 'twin-2' });
    expect(await ask('PATCH', `/projects/${other}`, { project: { name: 'twin' } })).toMatchObject(fault(409, 'Conflict', conflict));
  });
});

describe('users', () => {
  test('are created, shown, listed, changed and deleted, and their passwords are shown to nobody', async () => {
    const wanted = { name: 'eva', password: 'secret-1', email: 'eva@example.org', default_project_id: 'project-demo', project_id: 'x' };
    const { body } = await ask('POST', '/users', { user: wanted });
    expect(body.user).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'eva',
      domain_id: 'default',
      enabled: true,
      default_project_id: 'project-demo',
      project_id: 'x',
      email: 'eva@example.org',
      password_expires_at: null,
      options: {},
      links: { self: `${origin}/v3/users/${body.user.id}` },
    });

    const changed = await ask('PATCH', `/users/${body.user.id}`, { user: { email: null, description: 'who', name: 'eve' } });
    expect(changed.body.user).toMatchObject({ name: 'eve', description: 'who' });
    expect(changed.body.user.email).toBeUndefined();
    expect((await ask('GET', '/users?name=eve')).body.users).toEqual([changed.body.user]);
    expect((await logIn('eve', 'secret-1')).status).toBe(201);
    expect((await ask('DELETE', `/users/${body.user.id}`)).status).toBe(204);
    expect(await ask('GET', `/users/${body.user.id}`)).toMatchObject(fault(404, 'Not Found', `Could not find user: ${body.user.id}.`));
    expect((await logIn('eve', 'secret-1')).status).toBe(401);
  });

  test('without a password cannot log in, whatever they try', async () => {
    await make('user', { name: 'mute' });
    for (const password of ['', 'null', 'nobody has this password']) expect((await logIn('mute', password)).status).toBe(401);
  });

  test('change their own password by knowing the old one, which ends all their tokens', async () => {
    const id = await make('user', { name: 'pia', password: 'first' });
    const [one, two] = await Promise.all([tokenOf('pia', 'first'), tokenOf('pia', 'first')]);
    const change = (original: string, token: string, password = 'second') =>
      ask('POST', `/users/${id}/password`, { user: { original_password: original, password } }, token);
    expect((await change('wrong', one)).status).toBe(401);
    expect((await change('first', demo)).status).toBe(403);
    expect((await change('wrong', admin)).status).toBe(401);
    expect((await change('first', one)).status).toBe(204);
    expect([await works(one), await works(two)]).toEqual([false, false]);
    expect((await logIn('pia', 'first')).status).toBe(401);
    expect(await works(await tokenOf('pia', 'second'))).toBe(true);
  });

  test.each([
    ['a new password from an admin', async (id: string) => ask('PATCH', `/users/${id}`, { user: { password: 'other' } })],
    ['being disabled', async (id: string) => ask('PATCH', `/users/${id}`, { user: { enabled: false } })],
    ['being deleted', async (id: string) => ask('DELETE', `/users/${id}`)],
  ])('lose their tokens by %s', async (what, act) => {
    const name = `loser by ${what}`;
    const id = await make('user', { name, password: 'p' });
    const token = await tokenOf(name, 'p');
    expect(await works(token)).toBe(true);
    expect((await act(id)).status).toBeLessThan(300);
    expect(await works(token)).toBe(false);
  });

  test('see themselves and their projects, and nobody else', async () => {
    expect((await ask('GET', '/users/user-demo', undefined, demo)).body.user.name).toBe('demo');
    expect(namesOf((await ask('GET', '/users/user-demo/projects', undefined, demo)).body.projects)).toEqual(['demo']);
    expect(namesOf((await ask('GET', '/auth/projects', undefined, demo)).body.projects)).toEqual(['demo']);
    expect((await ask('GET', '/projects/project-demo', undefined, demo)).body.project.name).toBe('demo');
    const own = await ask('GET', '/role_assignments?user.id=user-demo', undefined, demo);
    expect(own.body.role_assignments).toHaveLength(1);
  });

  test('do not lock themselves out', async () => {
    for (const answer of [
      await ask('DELETE', '/users/user-admin'),
      await ask('PATCH', '/users/user-admin', { user: { enabled: false } }),
      await ask('DELETE', '/domains/default'),
      await ask('PATCH', '/domains/default', { domain: { enabled: false } }),
      await ask('DELETE', '/roles/role-admin'),
      await ask('PATCH', '/roles/role-admin', { role: { name: 'root' } }),
    ])
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 403, title: 'Forbidden' } } });
  });
});

describe('roles', () => {
  test('are created, listed, changed and deleted', async () => {
    const id = await make('role', { name: 'builder', description: 'Builds' });
    expect((await ask('GET', `/roles/${id}`)).body.role).toEqual({
      id,
      name: 'builder',
      description: 'Builds',
      domain_id: null,
      options: {},
      links: { self: `${origin}/v3/roles/${id}` },
    });
    expect((await ask('POST', '/roles', { role: { name: 'builder' } })).status).toBe(409);
    expect((await ask('PATCH', `/roles/${id}`, { role: { name: 'mason' } })).body.role.name).toBe('mason');
    expect(namesOf((await ask('GET', '/roles?name=mason')).body.roles)).toEqual(['mason']);
    expect((await ask('DELETE', `/roles/${id}`)).status).toBe(204);
    expect((await ask('GET', `/roles/${id}`)).status).toBe(404);
  });

  test('bring lesser ones', async () => {
    const { role_inferences: all } = (await ask('GET', '/role_inferences')).body;
    const shown = all.map((one: { prior_role: { name: string }; implies: { name: string }[] }) => [
      one.prior_role.name,
      namesOf(one.implies),
    ]);
    expect(Object.fromEntries(shown)).toEqual({
      admin: ['manager', 'member', 'reader'],
      manager: ['member', 'reader'],
      member: ['reader'],
    });
    expect((await ask('GET', '/roles/role-reader/implies')).body).toEqual({
      role_inference: { prior_role: { id: 'role-reader', name: 'reader' }, implies: [] },
    });
  });

  test.each(['projects', 'domains'] as const)('are given in %s, seen there, and taken away with what they allowed', async (places) => {
    const name = `worker in ${places}`;
    const user = await make('user', { name, password: 'p' });
    const place = await make(places === 'projects' ? 'project' : 'domain', { name: `place in ${places}` });
    const scope = places === 'projects' ? { project: { id: place } } : { domain: { id: place } };
    const grant = `/${places}/${place}/users/${user}/roles/role-member`;
    expect((await logIn(name, 'p', scope)).status).toBe(401);
    expect((await ask('GET', grant)).status).toBe(404);
    for (const _twice of [1, 2]) expect((await ask('PUT', grant)).status).toBe(204);
    expect([(await ask('GET', grant)).status, (await ask('HEAD', grant)).status]).toEqual([204, 204]);
    expect(namesOf((await ask('GET', `/${places}/${place}/users/${user}/roles`)).body.roles)).toEqual(['member']);
    const answer = await logIn(name, 'p', scope);
    expect(answer.body.token).toMatchObject({ ...scope, roles: [{ name: 'member' }] });
    const token = answer.headers.get('x-subject-token') ?? '';
    expect(await works(token)).toBe(true);
    expect((await ask('DELETE', grant)).status).toBe(204);
    expect(await works(token)).toBe(false);
    expect(await ask('DELETE', grant)).toMatchObject(
      fault(
        404,
        'Not Found',
        `Could not find role assignment with role: role-member, user or group: ${user}, project, domain, or system: ${place}.`,
      ),
    );
    for (const [path, message] of [
      [grant.replace(user, 'nobody'), 'Could not find user: nobody.'],
      [grant.replace('role-member', 'none'), 'Could not find role: none.'],
      [grant.replace(place, 'nowhere'), `Could not find ${places.slice(0, -1)}: nowhere.`],
    ] as const)
      for (const method of ['PUT', 'GET', 'DELETE']) {
        const refused = await ask(method, path);
        expect([refused.status, refused.body.error.message]).toEqual([404, message]);
      }
  });

  test('of the whole system are clearly refused', async () => {
    expect((await ask('PUT', '/system/users/user-demo/roles/role-admin')).status).toBe(400);
    expect((await logIn('demo', 'demo', { system: { all: true } })).status).toBe(400);
    expect((await ask('GET', '/role_assignments?scope.system=all')).body.role_assignments).toEqual([]);
  });
});

const assignments = async (query: string) => (await ask('GET', `/role_assignments?${query}`)).body.role_assignments;
const assignedRoles = async (query: string) => (await assignments(query)).map(({ role }: { role: { id: string } }) => role.id).sort();

describe('role assignments', () => {
  test('are found by user, role and place, by id or with names', async () => {
    const expected = {
      user: { id: 'user-demo' },
      role: { id: 'role-member' },
      scope: { project: { id: 'project-demo' } },
      links: { assignment: `${origin}/v3/projects/project-demo/users/user-demo/roles/role-member` },
    };
    for (const query of ['user.id=user-demo', 'scope.project.id=project-demo', 'role.id=role-member&user.id=user-demo'])
      expect(await assignments(query)).toEqual([expected]);
    expect(await assignments('user.id=user-demo&scope.domain.id=default')).toEqual([]);
    expect((await assignments('user.id=user-demo&include_names=True'))[0]).toMatchObject({
      user: { name: 'demo', domain: { name: 'Default' } },
      role: { name: 'member' },
      scope: { project: { name: 'demo', domain: { id: 'default' } } },
    });
  });

  test('that are effective include what roles bring', async () => {
    expect(await assignedRoles('user.id=user-demo&effective')).toEqual(['role-member', 'role-reader']);
    expect(await assignedRoles('user.id=user-admin&effective=True&role.id=role-reader')).toEqual(['role-reader']);
    expect(await assignedRoles('user.id=user-admin&role.id=role-reader')).toEqual([]);
  });
});

describe('domains', () => {
  test('are created, changed, and deleted with what is in them once they are disabled', async () => {
    const id = await make('domain', { name: 'acme', description: 'A' });
    const project = await make('project', { name: 'p', domain_id: id });
    const child = await make('project', { name: 'c', parent_id: project });
    const user = await make('user', { name: 'u', domain_id: id, password: 'p', default_project_id: project });
    await ask('PUT', `/projects/${project}/users/${user}/roles/role-member`);
    const credentials = { methods: ['password'], password: { user: { id: user, password: 'p' } } };
    const answer = await askUrl(`${origin}/v3/auth/tokens`, 'POST', { auth: { identity: credentials } });
    expect(answer.body.token.project.id).toBe(project);
    const token = answer.headers.get('x-subject-token') ?? '';
    expect(namesOf((await ask('GET', '/domains?name=acme')).body.domains)).toEqual(['acme']);
    expect((await ask('DELETE', `/domains/${id}`)).status).toBe(403);
    expect(await works(token)).toBe(true);
    expect((await ask('PATCH', `/domains/${id}`, { domain: { enabled: false } })).body.domain.enabled).toBe(false);
    expect(await works(token)).toBe(false);
    expect((await ask('DELETE', `/domains/${id}`)).status).toBe(204);
    for (const path of [`/domains/${id}`, `/projects/${project}`, `/projects/${child}`, `/users/${user}`])
      expect((await ask('GET', path)).status).toBe(404);
  });

  test('give tokens that count for the identity service', async () => {
    await ask('PUT', '/domains/default/users/user-admin/roles/role-admin');
    const token = await tokenOf('admin', 'admin', { domain: { name: 'Default' } });
    expect((await ask('GET', '/projects', undefined, token)).status).toBe(200);
    expect(namesOf((await ask('GET', '/auth/domains')).body.domains)).toEqual(['Default']);
  });
});

test('a project that is disabled or deleted ends the tokens for it', async () => {
  const id = await make('project', { name: 'short-lived' });
  await ask('PUT', `/projects/${id}/users/user-demo/roles/role-member`);
  const scope = { project: { id } };
  const token = await tokenOf('demo', 'demo', scope);
  await ask('PATCH', `/projects/${id}`, { project: { enabled: false } });
  expect([await works(token), (await logIn('demo', 'demo', scope)).status, await works(demo)]).toEqual([false, 401, true]);
  await ask('PATCH', `/projects/${id}`, { project: { enabled: true } });
  const another = await tokenOf('demo', 'demo', scope);
  await ask('DELETE', `/projects/${id}`);
  expect(await works(another)).toBe(false);
});

test('a member of a project sees its domain, whatever the member’s own, and no other', async () => {
  const [near, far] = [await make('domain', { name: 'near' }), await make('domain', { name: 'far' })];
  const place = await make('project', { name: 'near home', domain_id: near });
  const user = await make('user', { name: 'traveller', domain_id: far, password: 'p' });
  await ask('PUT', `/projects/${place}/users/${user}/roles/role-reader`);
  const login = await askUrl(`${origin}/v3/auth/tokens`, 'POST', {
    auth: {
      identity: { methods: ['password'], password: { user: { id: user, password: 'p' } } },
      scope: { project: { id: place } },
    },
  });
  const token = login.headers.get('x-subject-token') ?? '';
  const shown = async (id: string, as: string) => (await ask('GET', `/domains/${id}`, undefined, as)).status;
  expect([await shown(near, token), await shown(far, token), await shown('default', token)]).toEqual([200, 403, 403]);
  expect([await shown('default', demo), await shown(near, demo), await shown('none', demo)]).toEqual([200, 403, 403]);
  expect((await ask('PATCH', `/domains/${near}`, { domain: { name: 'mine' } }, token)).status).toBe(403);
});

test('services, endpoints and regions are shown as the catalog has them', async () => {
  expect((await ask('GET', '/services?type=compute')).body.services).toMatchObject([{ id: 'nova', name: 'nova', enabled: true }]);
  expect((await ask('GET', '/endpoints?interface=public&service_id=nova')).body.endpoints).toMatchObject([
    { id: 'nova-public', url: 'http://nova/v2.1', region_id: 'RegionOne' },
  ]);
  expect((await ask('GET', '/endpoints/nova-admin')).body.endpoint.interface).toBe('admin');
  expect((await ask('GET', '/regions/RegionOne', undefined, demo)).body.region.id).toBe('RegionOne');
  expect((await ask('GET', '/services/none')).body.error.message).toBe('Could not find service: none.');
  expect((await ask('GET', '/services', undefined, demo)).status).toBe(403);
});

test('a token that was taken back is none', async () => {
  const token = await tokenOf('demo');
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  expect((await askUrl(`${origin}/v3/auth/tokens`, 'DELETE', undefined, headers)).status).toBe(204);
  expect([await works(token), await works(demo)]).toEqual([false, true]);
});

test.each([
  ['GET', '/domains'],
  ['POST', '/domains', { domain: { name: 'x' } }],
  ['GET', '/domains/elsewhere'],
  ['PATCH', '/domains/default', { domain: { name: 'x' } }],
  ['DELETE', '/domains/default'],
  ['GET', '/projects'],
  ['POST', '/projects', { project: { name: 'x' } }],
  ['GET', '/projects/project-admin'],
  ['GET', '/projects/nowhere'],
  ['PATCH', '/projects/project-demo', { project: { name: 'x' } }],
  ['DELETE', '/projects/project-demo'],
  ['GET', '/users'],
  ['POST', '/users', { user: { name: 'x' } }],
  ['GET', '/users/user-admin'],
  ['GET', '/users/user-admin/projects'],
  ['PATCH', '/users/user-demo', { user: { name: 'x' } }],
  ['DELETE', '/users/user-demo'],
  ['GET', '/roles'],
  ['POST', '/roles', { role: { name: 'x' } }],
  ['GET', '/roles/role-member'],
  ['PATCH', '/roles/role-member', { role: { name: 'x' } }],
  ['DELETE', '/roles/role-member'],
  ['GET', '/role_inferences'],
  ['GET', '/projects/project-demo/users/user-demo/roles'],
  ['PUT', '/projects/project-demo/users/user-demo/roles/role-admin'],
  ['PUT', '/domains/default/users/user-demo/roles/role-admin'],
  ['DELETE', '/projects/project-admin/users/user-admin/roles/role-admin'],
  ['GET', '/role_assignments'],
  ['GET', '/role_assignments?user.id=user-admin'],
])('an ordinary user may not %s %s', async (method, path, body?: object) => {
  const refused = await ask(method, path, body, demo);
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 403, title: 'Forbidden' } } });
  expect(refused.body.error.message).toMatch(/^You are not authorized to perform the requested action: identity:\w+\.$/);
  expect((await ask(method, path, body, 'x.y.z')).status).toBe(401);
});

test.each([
  ['POST', '/projects', { project: {} }, /'name' is a required property/],
  ['POST', '/projects', { project: { name: '' } }, /name/],
  ['POST', '/projects', { project: { name: 'x'.repeat(65) } }, /name/],
  ['POST', '/projects', { project: { name: 7 } }, /name/],
  ['POST', '/projects', { project: { name: 'x', enabled: 'yes' } }, /enabled/],
  ['POST', '/projects', { project: { name: 'x', tags: ['a,b'] } }, /'a,b'/],
  ['POST', '/projects', { project: { name: 'x', parent_id: 'project-demo', domain_id: 'none' } }, /'parent_id'/],
  ['POST', '/projects', { project: { name: 'x', is_domain: true } }, /'is_domain'/],
  ['PATCH', '/projects/project-demo', { project: { domain_id: 'other' } }, /'domain_id'/],
  ['PATCH', '/projects/project-demo', { project: { name: null } }, /name/],
  ['POST', '/users', { user: { name: 'x', ['y'.repeat(256)]: 1 } }, /yyy/],
  ['POST', '/projects', { project: { name: 'x', more: 'y'.repeat(20_000) } }, /'more'/],
  ['POST', '/users', { user: { name: 'x', default_project_id: 'none' } }, /'default_project_id'.*none/],
  ['POST', '/users', { user: { name: 'x', password: 'p'.repeat(5_000) } }, /password/],
  ['POST', '/users', { user: { name: 'x', password: 12 } }, /password/],
  ['PATCH', '/users/user-demo', { user: { domain_id: 'other' } }, /'domain_id'/],
  ['POST', '/users/user-admin/password', { user: { password: 'x' } }, /original_password/],
  ['POST', '/roles', { role: { name: ' ' } }, /name/],
  ['POST', '/domains', { domain: { name: ['x'] } }, /name/],
  ['POST', '/projects', [], /./],
  ['GET', '/projects?limit=0', undefined, /limit/],
  ['GET', '/projects?limit=x', undefined, /limit/],
  ['GET', '/users?enabled=maybe', undefined, /enabled/],
  ['GET', `/users?name=${'x'.repeat(300)}`, undefined, /name/],
])('%s %s with %j is refused by the name of what is wrong', async (method, path, body, words) => {
  const refused = await ask(method, path, body);
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 400, title: 'Bad Request' } } });
  expect(refused.body.error.message).toMatch(words);
});

test.each([
  ['/projects', { project: { name: 'x', domain_id: 'none' } }, 'Could not find domain: none.'],
  ['/projects', { project: { name: 'x', parent_id: 'none' } }, 'Could not find project: none.'],
  ['/users', { user: { name: 'x', domain_id: 'none' } }, 'Could not find domain: none.'],
])('POST %s into what is not there is not found, as clients of Keystone expect', async (path, body, message) => {
  expect(await ask('POST', path, body)).toMatchObject(fault(404, 'Not Found', message));
});

test('fields of a client of its own are kept, changed and taken away; they never hide what is known', async () => {
  const { body } = await ask('POST', '/projects', { project: { name: 'tagged', colour: 'red', size: 3, id: 'mine', links: {} } });
  const { id } = body.project;
  expect(body.project).toMatchObject({ colour: 'red', size: 3, id: expect.stringMatching(/^[0-9a-f]{32}$/) });
  await ask('PATCH', `/projects/${id}`, { project: { colour: 'blue', size: null } });
  const { project } = (await ask('GET', `/projects/${id}`)).body;
  expect([project.colour, 'size' in project]).toEqual(['blue', false]);
});

test('an answer never holds a password, nor its hash', async () => {
  const answers = [await ask('GET', '/users'), await ask('GET', '/users/user-demo'), await logIn('demo')];
  expect(JSON.stringify(answers.map(({ body }) => body))).not.toMatch(/scrypt|"password":|generation/);
});
