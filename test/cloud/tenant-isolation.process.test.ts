import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connect/open.ts';
import { createProject, createUser, grantRole } from '../../src/db/stores/identity/admin.ts';
import { hashPassword } from '../../src/identity/password-hash.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { type CloudClient, logIn } from '../support/cloud-client.ts';

let cloud: Cloud;
let demo: CloudClient;
let other: CloudClient;
let admin: CloudClient;
/** Things of the other project. */
let theirs: { server: string; image: string; port: string; group: string; network: string };

beforeAll(async () => {
  cloud = await startCloud();
  [demo, admin, other] = await Promise.all([cloud.demo(), cloud.admin(), newTenant('other')]);
  const [network] = (await other.ask('network', 'GET', '/v2.0/networks?name=private')).body.networks;
  const image = { name: 'theirs', disk_format: 'raw', container_format: 'bare', visibility: 'private' };
  theirs = {
    server: await other.boot({ name: 'theirs' }),
    image: (await other.ask('image', 'POST', '/v2/images', image)).body.id,
    port: idOf(await other.ask('network', 'POST', '/v2.0/ports', { port: { network_id: network.id } }), 'port'),
    group: idOf(await other.ask('network', 'POST', '/v2.0/security-groups', { security_group: { name: 'theirs' } }), 'security_group'),
    network: network.id,
  };
  await other.ask('compute', 'POST', '/v2.1/os-keypairs', { keypair: { name: 'theirs' } });
  expect(await other.settled(theirs.server)).toMatchObject({ status: 'ACTIVE' });
});
afterAll(() => cloud?.destroy());

/** The id of the created thing. */
const idOf = (answer: { status: number; body: Record<string, { id: string }> }, key: string): string => {
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body[key]?.id ?? '';
};

/** A project with one member. */
async function newTenant(name: string): Promise<CloudClient> {
  const { db, close } = await openDatabase({
    url: await cloud.databaseUrl(),
    poolSize: 1,
    log: silentLog,
    applicationName: 'new-tenant',
  });
  try {
    const [{ id: domainId } = { id: '' }] = await db.selectFrom('domains').select('id').where('name', '=', 'Default').execute();
    const projectId = await createProject(db, { id: systemIds.hex(16), domainId, name });
    const passwordHash = await hashPassword(name);
    const user = await createUser(db, { id: systemIds.hex(16), domainId, name, passwordHash, defaultProjectId: projectId });
    for (const role of ['member', 'reader']) await grantRole(db, { userId: user.id, projectId, role });
  } finally {
    await close();
  }
  return await logIn(cloud.url, { username: name, password: name, project: name });
}

const paths = () =>
  [
    { service: 'compute', path: `/v2.1/servers/${theirs.server}` },
    { service: 'image', path: `/v2/images/${theirs.image}` },
    { service: 'network', path: `/v2.0/ports/${theirs.port}` },
    { service: 'network', path: `/v2.0/security-groups/${theirs.group}` },
    { service: 'compute', path: '/v2.1/os-keypairs/theirs' },
  ] as const;

test('owners see their things, and so does an admin, except keypairs', async () => {
  for (const { service, path } of paths()) {
    expect([path, (await other.ask(service, 'GET', path)).status]).toEqual([path, 200]);
    if (!path.includes('os-keypairs')) expect([path, (await admin.ask(service, 'GET', path)).status]).toEqual([path, 200]);
  }
});

describe('to another project', () => {
  test('things do not exist, neither to show nor to delete', async () => {
    for (const { service, path } of paths())
      for (const method of ['GET', 'DELETE'])
        expect([method, path, (await demo.ask(service, method, path)).status]).toEqual([method, path, 404]);
  });

  test('no list shows them, whatever the filter', async () => {
    const lists = [
      ['compute', '/v2.1/servers'],
      ['compute', '/v2.1/servers/detail?name=theirs'],
      ['compute', '/v2.1/os-keypairs'],
      ['image', '/v2/images'],
      ['image', `/v2/images?owner=${other.projectId}`],
      ['image', '/v2/images?visibility=private'],
      ['network', '/v2.0/ports'],
      ['network', `/v2.0/ports?device_id=${theirs.server}`],
      ['network', `/v2.0/ports?project_id=${other.projectId}`],
      ['network', '/v2.0/security-groups'],
    ] as const;
    for (const [service, path] of lists) {
      const { status, body } = await demo.ask(service, 'GET', path);
      expect([path, status]).toEqual([path, 200]);
      // Only the items: links repeat the request.
      const items = JSON.stringify(Object.values(body).filter(Array.isArray));
      expect(items).not.toMatch(new RegExp(`theirs"|${Object.values(theirs).slice(0, 4).join('|')}|${other.projectId}`));
    }
  });

  test.each([
    { 'os-stop': null },
    { 'os-start': null },
    { reboot: { type: 'HARD' } },
    { pause: null },
    { suspend: null },
    { 'os-getConsoleOutput': {} },
  ])('a server takes no orders: %j', async (action) => {
    expect((await demo.ask('compute', 'POST', `/v2.1/servers/${theirs.server}/action`, action)).status).toBe(404);
  });

  // Fault 2026-11 E15.
  test('none of them can be used to boot', async () => {
    const boots = [
      { imageRef: theirs.image },
      { networks: [{ port: theirs.port }] },
      { key_name: 'theirs' },
      { security_groups: [{ name: theirs.group }] },
    ];
    for (const wanted of boots) await expect(demo.boot(wanted), JSON.stringify(wanted)).rejects.toThrow('answered 400');
  });

  // Fault 2026-11 E15.
  test('none of them can be changed, given data or taken', async () => {
    const attempts = [
      [404, 'image', 'PUT', `/v2/images/${theirs.image}/file`, 'data'],
      [404, 'image', 'GET', `/v2/images/${theirs.image}/file`, undefined],
      [404, 'network', 'PUT', `/v2.0/ports/${theirs.port}`, { port: { name: 'mine' } }],
      [404, 'network', 'PUT', `/v2.0/security-groups/${theirs.group}`, { security_group: { name: 'mine' } }],
      [
        404,
        'network',
        'POST',
        '/v2.0/security-group-rules',
        { security_group_rule: { security_group_id: theirs.group, direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp' } },
      ],
      [403, 'network', 'POST', '/v2.0/ports', { port: { network_id: theirs.network, project_id: other.projectId } }],
      [404, 'network', 'POST', '/v2.0/ports', { port: { network_id: theirs.network, security_groups: [theirs.group] } }],
    ] as const;
    for (const [refusal, service, method, path, body] of attempts) {
      const headers: Record<string, string> = body === 'data' ? { 'content-type': 'application/octet-stream' } : {};
      const { status } = await demo.ask(service, method, path, body, headers);
      expect([method, path, body, status]).toEqual([method, path, body, refusal]);
    }
    expect((await other.ask('network', 'GET', `/v2.0/ports/${theirs.port}`)).body.port).toMatchObject({ name: '' });
    expect((await other.ask('network', 'GET', `/v2.0/security-groups/${theirs.group}`)).body.security_group.name).toBe('theirs');
    expect((await other.ask('image', 'GET', `/v2/images/${theirs.image}`)).body.status).toBe('queued');
  });

  // Fault 2026-11 E15.
  test('seeing all projects is for admins', async () => {
    expect((await demo.ask('compute', 'GET', '/v2.1/servers?all_tenants=1')).status).toBe(403);
    expect(JSON.stringify((await admin.ask('compute', 'GET', '/v2.1/servers?all_tenants=1')).body)).toContain(theirs.server);
  });
});

test('afterwards the other project’s things are unchanged', async () => {
  expect(await other.server(theirs.server)).toMatchObject({ status: 'ACTIVE', name: 'theirs' });
  for (const { service, path } of paths()) expect([path, (await other.ask(service, 'GET', path)).status]).toEqual([path, 200]);
});
