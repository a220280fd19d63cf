import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { type CloudClient } from '../support/cloud-client.ts';
import { type ClientShell, clientMissing, clientShell } from '../support/real-client.ts';

const missing = clientMissing('openstack') ?? clientMissing('nova');
const FLAVORS = ['m1.large', 'm1.medium', 'm1.micro', 'm1.nano', 'm1.small', 'm1.tiny', 'm1.xlarge'];

/** Commands for a server in order, and the status after each. */
const wholeLife = [
  [['stop'], 'SHUTOFF'],
  [['start'], 'ACTIVE'],
  [['pause'], 'PAUSED'],
  [['unpause'], 'ACTIVE'],
  [['suspend'], 'SUSPENDED'],
  [['resume'], 'ACTIVE'],
  [['reboot', '--wait'], 'ACTIVE'],
  [['reboot', '--hard', '--wait'], 'ACTIVE'],
] as const;

const names = (rows: readonly { Name: string }[]) => rows.map(({ Name }) => Name).sort();

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`real clients${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(() => cloud?.destroy());

  describe.each([
    { user: 'demo', openrc: 'openrc-demo', life: wholeLife },
    // An admin's extra rights do not concern power states, and each command costs a second of CPU.
    { user: 'admin', openrc: 'openrc', life: wholeLife.slice(0, 2) },
  ] as const)('openstack as $user', ({ user, openrc, life }) => {
    let openstack: ClientShell;
    let rest: CloudClient;
    beforeAll(async () => {
      openstack = clientShell(cloud, 'openstack', openrc);
      rest = await (user === 'admin' ? cloud.admin() : cloud.demo());
    });

    test('gets a token and lists resources', async () => {
      const [token, catalog, images, flavors, networks, subnets] = await Promise.all([
        openstack.json('token', 'issue'),
        openstack.json('catalog', 'list'),
        openstack.json('image', 'list'),
        openstack.json('flavor', 'list'),
        openstack.json('network', 'list'),
        openstack.json('subnet', 'list'),
      ]);
      expect(token).toMatchObject({ project_id: rest.projectId, user_id: rest.userId });
      expect(catalog.map(({ Type }: { Type: string }) => Type)).toEqual(
        expect.arrayContaining(['identity', 'compute', 'image', 'network']),
      );
      expect(images).toEqual([expect.objectContaining({ Name: 'tiny', Status: 'active' })]);
      expect(names(flavors)).toEqual(FLAVORS);
      expect(names(networks)).toContain('private');
      const home = networks.find(({ Name }: { Name: string }) => Name === 'private').ID;
      expect(subnets).toContainEqual(expect.objectContaining({ Subnet: '10.20.0.0/24', Network: home }));
      // The subnets of the external network are its owner's business.
      expect(subnets).toHaveLength(user === 'admin' ? 2 : 1);
    });

    test('creates, lists and deletes a keypair', async () => {
      expect(await openstack.out('keypair', 'create', 'mine')).toMatch(/^-----BEGIN [A-Z ]*PRIVATE KEY-----\n/);
      expect(names(await openstack.json('keypair', 'list'))).toEqual(['mine']);
      await openstack.out('keypair', 'delete', 'mine');
      expect(await openstack.json('keypair', 'list')).toEqual([]);
    });

    test('takes a server through its life', async () => {
      const create = ['server', 'create', '--flavor', 'm1.nano', '--image', 'tiny', '--network', 'private', '--wait'];
      const created = await openstack.json(...create, `${user}-1`);
      expect(created).toMatchObject({ name: `${user}-1`, status: 'ACTIVE' });
      const id: string = created.id;
      const [listed, shown, log] = await Promise.all([
        openstack.json('server', 'list'),
        openstack.json('server', 'show', `${user}-1`),
        openstack.out('console', 'log', 'show', `${user}-1`),
      ]);
      expect(listed).toEqual([expect.objectContaining({ ID: id, Status: 'ACTIVE', Image: 'tiny', Flavor: 'm1.nano' })]);
      expect(JSON.stringify(shown.addresses)).toMatch(/private.*10\.20\.0\.\d+/);
      expect(log).toContain(`GUEST-READY`);

      for (const [command, status] of life) {
        await openstack.out('server', ...command, `${user}-1`);
        expect(await rest.settled(id)).toMatchObject({ status });
      }
      await openstack.out('server', 'delete', '--wait', `${user}-1`);
      expect((await rest.ask('compute', 'GET', '/v2.1/servers')).body).toEqual({ servers: [] });
    });

    test('gets an error for wrong input, and nothing changes', async () => {
      const right = { '--flavor': 'm1.nano', '--image': 'tiny', '--network': 'private' };
      const outcomes = await Promise.all(
        Object.keys(right).map((option) => {
          const args = Object.entries({ ...right, [option]: 'nosuch' }).flat();
          return openstack.run('server', 'create', ...args, 'wrong');
        }),
      );
      for (const { code, stderr } of outcomes) {
        expect(code).not.toBe(0);
        expect(stderr).toContain('nosuch');
        expect(stderr).not.toMatch(/Traceback|Internal Server Error|HTTP 500|connection/);
      }
      expect((await rest.ask('compute', 'GET', '/v2.1/servers')).body).toEqual({ servers: [] });
    });
  });

  test('the older nova client boots, lists and shows a server', async () => {
    const nova = clientShell(cloud, 'nova', 'openrc-demo');
    const rest = await cloud.demo();
    await nova.out('boot', '--flavor', 'm1.nano', '--image', 'tiny', '--nic', 'net-name=private', '--poll', 'old');
    expect(await nova.out('list')).toMatch(/ old .* ACTIVE .* Running .* private=10\.20\.0\.\d+/);
    const shown = await nova.out('show', 'old');
    expect(shown).toMatch(/OS-EXT-STS:vm_state +\| active/);
    const [, id = ''] = /^\| id +\| ([0-9a-f-]{36})/m.exec(shown) ?? [];
    await rest.remove(id);
  });
});
