import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { type ClientShell, clientMissing, clientShell } from '../support/real-client.ts';

const missing = clientMissing('openstack');

const names = (rows: readonly { Name: string }[]) => rows.map(({ Name }) => Name).sort();

/** Options to log in as another user; they override the openrc file. */
const as = (user: string, password: string, project: string) => [
  '--os-username',
  user,
  '--os-password',
  password,
  '--os-project-name',
  project,
];

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`openstack and identities${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  let admin: ClientShell;
  let demo: ClientShell;
  beforeAll(async () => {
    cloud = await startCloud();
    admin = clientShell(cloud, 'openstack', 'openrc');
    demo = clientShell(cloud, 'openstack', 'openrc-demo');
  });
  afterAll(() => cloud?.destroy());

  test('projects are created, changed and deleted', async () => {
    expect(await admin.json('project', 'create', 'web', '--description', 'Shop', '--tag', 'a', '--property', 'colour=red')).toMatchObject({
      name: 'web',
      description: 'Shop',
      domain_id: 'default',
      parent_id: 'default',
      enabled: true,
      tags: ['a'],
      colour: 'red',
    });
    const child = await admin.json('project', 'create', 'web-child', '--parent', 'web');
    expect((await admin.run('project', 'delete', 'web')).code).not.toBe(0);
    await admin.out('project', 'set', 'web', '--name', 'shop', '--disable');
    expect(await admin.json('project', 'show', 'shop')).toMatchObject({ name: 'shop', enabled: false });
    expect(names(await admin.json('project', 'list'))).toEqual(expect.arrayContaining(['admin', 'demo', 'shop', 'web-child']));
    expect(names(await admin.json('project', 'list', '--parent', 'shop'))).toEqual(['web-child']);
    expect((await admin.run('project', 'create', 'shop')).stderr).toMatch(/Duplicate entry found with name shop.*HTTP 409/);
    expect((await admin.json('project', 'create', 'shop', '--or-show')).name).toBe('shop');
    await admin.out('project', 'delete', child.id, 'shop');
    expect(names(await admin.json('project', 'list'))).not.toContain('shop');
    expect((await admin.run('project', 'show', 'shop')).stderr).toMatch(/No project with a name or ID of 'shop' exists/i);
  });

  test('users get roles, work with them, and lose them', async () => {
    await admin.out('project', 'create', 'lab');
    const created = await admin.json('user', 'create', 'ann', '--password', 'first', '--email', 'ann@example.org', '--project', 'lab');
    expect(created).toMatchObject({ name: 'ann', email: 'ann@example.org', enabled: true });
    expect((await admin.run(...as('ann', 'first', 'lab'), 'token', 'issue')).stderr).toContain('401');
    await admin.out('role', 'add', '--user', 'ann', '--project', 'lab', 'member');
    expect(await admin.json('role', 'assignment', 'list', '--user', 'ann', '--names')).toEqual([
      { Role: 'member', User: 'ann@Default', Group: '', Project: 'lab@Default', Domain: '', System: '', Inherited: false },
    ]);
    const effective = await admin.json('role', 'assignment', 'list', '--user', 'ann', '--names', '--effective');
    expect(effective.map(({ Role }: { Role: string }) => Role).sort()).toEqual(['member', 'reader']);
    const ann = as('ann', 'first', 'lab');
    expect(await admin.json(...ann, 'server', 'list')).toEqual([]);
    expect(names(await admin.json('user', 'list', '--project', 'lab'))).toEqual(['ann']);
    expect(names(await admin.json(...ann, 'project', 'list', '--my-projects'))).toEqual(['lab']);
    await admin.out(...ann, 'user', 'password', 'set', '--original-password', 'first', '--password', 'second');
    expect((await admin.run(...ann, 'token', 'issue')).stderr).toContain('401');
    expect((await admin.json(...as('ann', 'second', 'lab'), 'token', 'issue')).project_id).toBeTruthy();
    await admin.out('user', 'set', 'ann', '--password', 'third', '--description', 'Somebody');
    expect(await admin.json('user', 'show', 'ann')).toMatchObject({ description: 'Somebody' });
    await admin.out('role', 'remove', '--user', 'ann', '--project', 'lab', 'member');
    expect((await admin.run(...as('ann', 'third', 'lab'), 'token', 'issue')).stderr).toContain('401');
    await admin.out('user', 'delete', 'ann');
    expect((await admin.run('user', 'show', 'ann')).stderr).toMatch(/No user with a name or ID of 'ann' exists/i);
  });

  test('roles and domains are created and deleted', async () => {
    expect(await admin.json('role', 'create', 'builder', '--description', 'Builds')).toMatchObject({ name: 'builder', domain_id: null });
    await admin.out('role', 'set', 'builder', '--name', 'mason');
    expect(names(await admin.json('role', 'list'))).toEqual(['admin', 'manager', 'mason', 'member', 'reader', 'service']);
    expect((await admin.json('role', 'show', 'mason')).name).toBe('mason');
    expect((await admin.run('role', 'delete', 'admin')).code).not.toBe(0);
    await admin.out('role', 'delete', 'mason');
    expect(await admin.json('implied', 'role', 'list')).toHaveLength(6);

    expect(await admin.json('domain', 'create', 'acme', '--description', 'A')).toMatchObject({ name: 'acme', enabled: true });
    await admin.out('user', 'create', 'boss', '--domain', 'acme', '--password', 'b');
    await admin.out('role', 'add', '--user', 'boss', '--user-domain', 'acme', '--domain', 'acme', 'admin');
    expect(await admin.json('role', 'assignment', 'list', '--domain', 'acme', '--names')).toMatchObject([
      { Role: 'admin', Domain: 'acme' },
    ]);
    expect(names(await admin.json('domain', 'list'))).toEqual(['Default', 'acme']);
    await admin.out('domain', 'set', 'acme', '--disable');
    await admin.out('domain', 'delete', 'acme');
    expect(names(await admin.json('user', 'list'))).not.toContain('boss');
  });

  test('the catalog can be read', async () => {
    expect(names(await admin.json('service', 'list'))).toEqual(expect.arrayContaining(['keystone', 'nova', 'glance', 'neutron']));
    const endpoints = await admin.json('endpoint', 'list', '--interface', 'public');
    expect(endpoints.map((one: { 'Service Name': string }) => one['Service Name'])).toContain('nova');
    expect(await demo.json('region', 'list')).toMatchObject([{ Region: 'RegionOne' }]);
  });

  test('a revoked token is invalid', async () => {
    const { id } = await demo.json('token', 'issue');
    const projects = () => ask(`${cloud.url('identity')}/v3/auth/projects`, 'GET', undefined, { 'x-auth-token': id });
    expect((await projects()).status).toBe(200);
    await demo.out('token', 'revoke', id);
    expect((await projects()).status).toBe(401);
  });

  test('an ordinary user sees themselves, and is refused everything else', async () => {
    expect(await demo.json('user', 'show', 'demo')).toMatchObject({ name: 'demo' });
    expect(await demo.json('project', 'show', 'demo')).toMatchObject({ name: 'demo' });
    expect((await demo.run('user', 'list')).stderr).toMatch(
      /not authorized to perform the requested action: identity:list_users.*HTTP 403/,
    );
    expect((await demo.run('project', 'create', 'mine')).stderr).toContain('HTTP 403');
    expect((await demo.run('role', 'add', '--user', 'demo', '--project', 'demo', 'admin')).code).not.toBe(0);
  });
});
