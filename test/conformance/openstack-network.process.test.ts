import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { type ClientShell, clientMissing, clientShell, manyCommands } from '../support/real-client.ts';

const missing = clientMissing('openstack');

const names = (rows: readonly { Name: string }[]) => rows.map(({ Name }) => Name).sort();
const ids = (rows: readonly { ID: string }[]) => rows.map(({ ID }) => ID).sort();

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`networks by real clients${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  let admin: ClientShell;
  let demo: ClientShell;
  let adminRest: CloudClient;
  let demoRest: CloudClient;

  beforeAll(async () => {
    cloud = await startCloud();
    [admin, demo] = [clientShell(cloud, 'openstack', 'openrc'), clientShell(cloud, 'openstack', 'openrc-demo')];
    [adminRest, demoRest] = await Promise.all([cloud.admin(), cloud.demo()]);
  });
  afterAll(() => cloud?.destroy());

  const networkWithSubnet = async (name: string, cidr: string) => {
    const network = await demo.json('network', 'create', name);
    const subnet = await demo.json('subnet', 'create', '--network', name, '--subnet-range', cidr, `${name}-subnet`);
    return { network, subnet };
  };

  test('a network is created, listed by many options, shown, changed and deleted', async () => {
    const created = await demo.json('network', 'create', '--description', 'first', '--mtu', '1400', '--disable', 'whole');
    expect(created).toMatchObject({
      name: 'whole',
      admin_state_up: false,
      mtu: 1400,
      description: 'first',
      project_id: demoRest.projectId,
    });
    await demo.out('network', 'set', '--name', 'changed', '--enable', '--description', 'second', '--disable-port-security', 'whole');
    const shown = await demo.json('network', 'show', 'changed');
    expect(shown).toMatchObject({ id: created.id, admin_state_up: true, description: 'second', port_security_enabled: false });
    const lists: readonly [string[], boolean][] = [
      [['--name', 'changed'], true],
      [['--disable'], false],
      [['--internal'], true],
      [['--share'], false],
      [['--no-share'], true],
      [['--status', 'ACTIVE'], true],
      [['--status', 'DOWN'], false],
      [['--provider-network-type', 'vlan'], false],
      [['--tags', 'a,b'], false],
      [['--not-tags', 'a'], true],
      [['--project', demoRest.projectId], true],
      [['--long'], true],
    ];
    for (const [options, isListed] of lists) {
      const rows = await demo.json('network', 'list', ...options);
      expect([options, names(rows).includes('changed')]).toEqual([options, isListed]);
    }
    await demo.out('network', 'delete', 'changed');
    expect((await demo.run('network', 'show', 'changed')).stderr).toContain('No Network found for changed');
  });

  test('a router is created, connected, led outside, given routes, taken apart and deleted', async () => {
    const { subnet } = await networkWithSubnet('behind', '10.31.0.0/24');
    const created = await demo.json('router', 'create', '--description', 'first', '--external-gateway', 'public', 'way');
    expect(created).toMatchObject({ name: 'way', status: 'ACTIVE', project_id: demoRest.projectId, routes: [] });
    expect(created.external_gateway_info.external_fixed_ips).toEqual([{ subnet_id: expect.any(String), ip_address: expect.any(String) }]);
    await demo.out('router', 'add', 'subnet', 'way', 'behind-subnet');
    await demo.out('router', 'add', 'route', '--route', 'destination=10.99.0.0/24,gateway=10.31.0.9', 'way');
    await demo.out('router', 'set', '--name', 'path', '--route', 'destination=10.98.0.0/24,gateway=10.31.0.9', 'way');
    const shown = await demo.json('router', 'show', 'path');
    expect(shown.interfaces_info).toEqual([{ port_id: expect.any(String), ip_address: '10.31.0.1', subnet_id: subnet.id }]);
    expect(shown.routes).toHaveLength(2);
    expect(names(await demo.json('router', 'list', '--name', 'path'))).toEqual(['path']);
    expect((await demo.run('router', 'delete', 'path')).stderr).toContain('still has ports');
    await demo.out('router', 'remove', 'route', '--route', 'destination=10.99.0.0/24,gateway=10.31.0.9', 'path');
    await demo.out('router', 'unset', '--route', 'destination=10.98.0.0/24,gateway=10.31.0.9', '--external-gateway', 'path');
    await demo.out('router', 'remove', 'subnet', 'path', 'behind-subnet');
    await demo.out('router', 'delete', 'path');
    await demo.out('network', 'delete', 'behind');
  });

  test('a floating IP is taken, led to a port and to a server, led nowhere and given back', async () => {
    const port = await demo.json('port', 'create', '--network', 'private', 'target');
    const created = await demo.json('floating', 'ip', 'create', '--description', 'mine', 'public');
    const address = created.floating_ip_address;
    expect(created).toMatchObject({ status: 'DOWN', port_id: null, description: 'mine' });
    await demo.out('floating', 'ip', 'set', '--port', 'target', address);
    expect(await demo.json('floating', 'ip', 'show', address)).toMatchObject({ port_id: port.id, fixed_ip_address: expect.any(String) });
    expect(await demo.json('floating', 'ip', 'list', '--port', 'target')).toEqual([expect.objectContaining({ Port: port.id })]);
    await demo.out('floating', 'ip', 'unset', '--port', address);
    await demo.out('server', 'create', '--image', 'tiny', '--flavor', 'm1.nano', '--network', 'private', '--wait', 'reached');
    await demo.out('server', 'add', 'floating', 'ip', 'reached', address);
    const { id } = await demo.json('server', 'show', 'reached');
    expect((await demoRest.settled(id)).addresses.private).toContainEqual(
      expect.objectContaining({ addr: address, 'OS-EXT-IPS:type': 'floating' }),
    );
    await demo.out('server', 'remove', 'floating', 'ip', 'reached', address);
    await demo.out('floating', 'ip', 'delete', address);
    await demo.out('server', 'delete', '--wait', 'reached');
    await demo.out('port', 'delete', 'target');
  });

  test('a subnet is created with every option, changed and deleted', async () => {
    await demo.out('network', 'create', 'rich');
    const said = ['--gateway', 'none', '--no-dhcp', '--dns-nameserver', '9.9.9.9', '--allocation-pool', 'start=10.30.0.10,end=10.30.0.20'];
    const route = ['--host-route', 'destination=10.99.0.0/16,gateway=10.30.0.2'];
    const created = await demo.json('subnet', 'create', '--network', 'rich', '--subnet-range', '10.30.0.0/24', ...said, ...route, 'rich-1');
    expect(created).toMatchObject({ cidr: '10.30.0.0/24', gateway_ip: null, enable_dhcp: false, dns_nameservers: ['9.9.9.9'] });
    expect(created.allocation_pools).toEqual([{ start: '10.30.0.10', end: '10.30.0.20' }]);
    expect(created.host_routes).toEqual([{ destination: '10.99.0.0/16', nexthop: '10.30.0.2' }]);
    await demo.out('subnet', 'set', '--name', 'rich-2', '--dhcp', '--gateway', '10.30.0.1', '--dns-nameserver', '8.8.8.8', 'rich-1');
    await demo.out('subnet', 'unset', '--host-route', 'destination=10.99.0.0/16,gateway=10.30.0.2', 'rich-2');
    const shown = await demo.json('subnet', 'show', 'rich-2');
    expect(shown).toMatchObject({ enable_dhcp: true, gateway_ip: '10.30.0.1', host_routes: [] });
    expect([...shown.dns_nameservers].sort()).toEqual(['8.8.8.8', '9.9.9.9']);
    const options = [
      ['--network', 'rich'],
      ['--dhcp'],
      ['--ip-version', '4'],
      ['--gateway', '10.30.0.1'],
      ['--subnet-range', '10.30.0.0/24'],
    ];
    for (const option of options) expect(names(await demo.json('subnet', 'list', ...option))).toContain('rich-2');
    expect(names(await demo.json('subnet', 'list', '--no-dhcp'))).not.toContain('rich-2');
    const six = ['--ip-version', '6', '--subnet-range', 'fd00:30::/64'];
    expect(await demo.json('subnet', 'create', '--network', 'rich', ...six, 'rich-6')).toMatchObject({ gateway_ip: 'fd00:30::1' });
    await demo.out('subnet', 'delete', 'rich-2', 'rich-6');
    await demo.out('network', 'delete', 'rich');
  });

  test('a port is created with an address of its own, listed, changed and deleted', async () => {
    const { subnet } = await networkWithSubnet('wired', '10.31.0.0/24');
    await demo.out('security', 'group', 'create', 'wired-group');
    const fixed = ['--fixed-ip', 'subnet=wired-subnet,ip-address=10.31.0.77'];
    const created = await demo.json('port', 'create', '--network', 'wired', ...fixed, '--mac-address', 'fa:16:3e:31:00:77', 'p');
    expect(created).toMatchObject({ name: 'p', status: 'DOWN', mac_address: 'fa:16:3e:31:00:77' });
    expect(created.fixed_ips).toEqual([{ subnet_id: subnet.id, ip_address: '10.31.0.77' }]);
    await demo.out('port', 'set', '--name', 'q', '--description', 'd', '--disable', '--security-group', 'wired-group', 'p');
    await demo.out('port', 'set', '--allowed-address', 'ip-address=10.31.0.200', '--fixed-ip', 'subnet=wired-subnet', 'q');
    const shown = await demo.json('port', 'show', 'q');
    expect(shown).toMatchObject({ admin_state_up: false, description: 'd' });
    expect(shown.fixed_ips).toHaveLength(2);
    expect(shown.security_group_ids).toHaveLength(2);
    expect(shown.allowed_address_pairs).toEqual([{ ip_address: '10.31.0.200', mac_address: 'fa:16:3e:31:00:77' }]);
    await demo.out('port', 'unset', '--fixed-ip', 'subnet=wired-subnet,ip-address=10.31.0.77', '--security-group', 'wired-group', 'q');
    await demo.out('port', 'set', '--no-allowed-address', '--no-security-group', '--disable-port-security', 'q');
    expect(await demo.json('port', 'show', 'q')).toMatchObject({
      port_security_enabled: false,
      security_group_ids: [],
      allowed_address_pairs: [],
    });
    const lists = [
      ['--network', 'wired'],
      ['--mac-address', 'fa:16:3e:31:00:77'],
      ['--fixed-ip', 'subnet=wired-subnet'],
      ['--name', 'q'],
      ['--long'],
    ];
    for (const options of lists) expect(ids(await demo.json('port', 'list', ...options))).toContain(created.id);
    expect((await demo.run('subnet', 'delete', 'wired-subnet')).stderr).toContain('One or more ports have an IP allocation');
    expect((await demo.run('network', 'delete', 'wired')).stderr).toContain('ports');
    await demo.out('port', 'delete', 'q');
    await demo.out('network', 'delete', 'wired');
    await demo.out('security', 'group', 'delete', 'wired-group');
  });

  test('a security group and its rules are created, listed, shown, changed and deleted', async () => {
    const created = await demo.json('security', 'group', 'create', '--description', 'the web', 'web');
    expect(created).toMatchObject({ name: 'web', description: 'the web' });
    expect(created.rules).toHaveLength(2);
    await demo.out('security', 'group', 'set', '--name', 'web-2', '--description', 'still', 'web');
    const http = await demo.json(
      'security',
      'group',
      'rule',
      'create',
      '--protocol',
      'tcp',
      '--dst-port',
      '80:81',
      '--remote-ip',
      '10.0.0.0/8',
      'web-2',
    );
    expect(http).toMatchObject({
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: 80,
      port_range_max: 81,
      remote_ip_prefix: '10.0.0.0/8',
    });
    const ping = ['--protocol', 'icmp', '--icmp-type', '8', '--remote-group', 'web-2', '--egress', '--description', 'ping'];
    expect(await demo.json('security', 'group', 'rule', 'create', ...ping, 'web-2')).toMatchObject({
      direction: 'egress',
      remote_group_id: created.id,
    });
    expect(await demo.json('security', 'group', 'rule', 'list', 'web-2')).toHaveLength(4);
    for (const options of [
      ['--protocol', 'tcp'],
      ['--protocol', 'tcp', '--ingress', '--long'],
    ])
      expect(ids(await demo.json('security', 'group', 'rule', 'list', ...options, 'web-2'))).toEqual([http.id]);
    expect(await demo.json('security', 'group', 'rule', 'show', http.id)).toMatchObject({ id: http.id, security_group_id: created.id });
    await demo.out('security', 'group', 'rule', 'delete', http.id);
    expect((await demo.json('security', 'group', 'show', 'web-2')).rules).toHaveLength(3);
    expect(names(await demo.json('security', 'group', 'list', '--project', demoRest.projectId))).toEqual(['default', 'web-2']);
    await demo.out('security', 'group', 'delete', 'web-2');
    expect((await demo.run('security', 'group', 'delete', 'default')).stderr).toContain('default security group');
  });

  test.each([
    [
      'pools of addresses, and what is cut from them',
      'openrc-demo',
      [
        ['address scope create --ip-version 4 region', 'region'],
        ['address scope set --name area region'],
        ['address scope list --name area', 'area'],
        ['subnet pool create --pool-prefix 10.80.0.0/16 --default-prefix-length 26 --address-scope area --tag t wide', '10.80.0.0/16'],
        ['subnet pool set --pool-prefix 10.81.0.0/16 --description more wide'],
        ['subnet pool show wide', '10.80.0.0/15', 'default_prefixlen', '26'],
        ['subnet pool list --long', 'wide'],
        ['network create pooled'],
        ['subnet create --network pooled --subnet-pool wide cut', '10.80.0.0/26'],
        ['subnet create --network pooled --subnet-pool wide --prefix-length 28 cut-2', '10.80.0.64/28'],
        ['subnet list --subnet-pool wide', 'cut', 'cut-2'],
        ['network show pooled', 'ipv4_address_scope'],
        ['network delete pooled'],
        ['subnet pool unset --tag t wide'],
        ['subnet pool delete wide'],
        ['address scope delete area'],
      ],
    ],
    [
      'what is lent to a project',
      'openrc-demo',
      [
        ['network create lent'],
        ['network rbac create --type network --action access_as_shared --target-project admin lent', 'access_as_shared'],
        ['network rbac list --type network --long', 'network'],
        ['network set --tag a lent'],
        ['security group create lent-group'],
        ['network rbac create --type security_group --action access_as_shared --target-project admin lent-group', 'security_group'],
        ['security group delete lent-group'],
        ['network delete lent'],
      ],
    ],
    [
      'ports of a floating IP',
      'openrc-demo',
      [
        ['port create --network private --extra-dhcp-option name=bootfile-name,value=pxelinux.0 inside', 'pxelinux.0'],
        ['floating ip create --description many public', 'DOWN'],
      ],
    ],
    [
      'what operators look at',
      'openrc',
      [
        ['ip availability list', 'private'],
        ['ip availability show private', 'total_ips'],
        ['network agent list', 'nova-network', ':-)'],
        ['network list --external', 'public'],
        ['extension list --network', 'subnet_allocation', 'rbac-policies'],
        [
          'subnet create --network private --subnet-range 10.82.0.0/24 --service-type network:floatingip_agent_gateway typed',
          'agent_gateway',
        ],
        ['subnet delete typed'],
        ['network qos policy create --share slow', 'slow'],
        ['network qos rule create --type bandwidth-limit --max-kbps 1000 --egress slow', '1000'],
        ['network qos rule create --type dscp-marking --dscp-mark 46 slow', '46'],
        ['network qos rule list slow', 'bandwidth_limit', 'dscp_marking'],
        ['network qos rule type list', 'dscp_marking'],
        ['network create --qos-policy slow limited', 'qos_policy_id'],
        ['port create --network private --qos-policy slow limited'],
        ['port unset --qos-policy limited'],
        ['port delete limited'],
        ['network delete limited'],
        ['network qos policy delete slow'],
      ],
    ],
  ] as const)('many commands: %s', { timeout: 240_000 }, async (_what, openrc, commands) => {
    const lines = commands.map(([line]) => `openstack ${line}`);
    const said = await manyCommands(cloud, { openrc, version: '2.90' }, lines);
    expect(said.map(({ line, code, stderr }) => ({ line, code, said: code === 0 ? '' : stderr }))).toEqual(
      lines.map((line) => ({ line, code: 0, said: '' })),
    );
    for (const [n, [, ...words]] of commands.entries())
      for (const word of words) expect([lines[n], said[n]?.stdout]).toEqual([lines[n], expect.stringContaining(word)]);
  });

  test('a port of a floating IP is forwarded', async () => {
    const [{ ID: ip }] = await demo.json('floating', 'ip', 'list', '--long');
    const { id: inside, fixed_ips: addresses } = await demo.json('port', 'show', 'inside');
    const between = [
      '--internal-ip-address',
      addresses[0].ip_address,
      '--internal-protocol-port',
      '22',
      '--external-protocol-port',
      '2222',
      '--protocol',
      'tcp',
    ];
    const made = await demo.json('floating', 'ip', 'port', 'forwarding', 'create', '--port', 'inside', ...between, ip);
    expect(made).toMatchObject({ internal_port_id: inside, internal_port: 22, external_port: 2222, protocol: 'tcp' });
    await demo.out('floating', 'ip', 'port', 'forwarding', 'set', '--description', 'mine', ip, made.id);
    expect(await demo.json('floating', 'ip', 'port', 'forwarding', 'show', ip, made.id)).toMatchObject({ description: 'mine' });
    expect(ids(await demo.json('floating', 'ip', 'port', 'forwarding', 'list', ip))).toEqual([made.id]);
    await demo.out('floating', 'ip', 'port', 'forwarding', 'delete', ip, made.id);
    await demo.out('floating', 'ip', 'delete', ip);
    await demo.out('port', 'delete', 'inside');
  });

  test('quotas are shown with the others, set, enforced, and reset', async () => {
    const shown = await demo.json('quota', 'show');
    const network = { networks: 100, subnets: 100, ports: 500, 'secgroup-rules': 100, secgroups: 10 };
    expect(quotaOf(shown)).toMatchObject(network);
    expect(quotaOf(await admin.json('quota', 'show', '--default', demoRest.projectId))).toMatchObject(network);
    await admin.out('quota', 'set', '--networks', '0', '--secgroup-rules', '55', demoRest.projectId);
    expect(quotaOf(await admin.json('quota', 'show', demoRest.projectId))).toMatchObject({ networks: 0, 'secgroup-rules': 55 });
    expect((await demo.run('network', 'create', 'too-many')).stderr).toContain("Quota exceeded for resources: ['network']");
    const listed = await admin.json('quota', 'list', '--network');
    expect(JSON.stringify(listed)).toContain(demoRest.projectId);
    const detailed = await admin.json('quota', 'list', '--network', '--detail', '--project', demoRest.projectId);
    expect(detailed).toContainEqual(expect.objectContaining({ Resource: 'networks', Limit: 0 }));
    expect((await demo.run('quota', 'set', '--networks', '9', demoRest.projectId)).code).not.toBe(0);
    expect((await adminRest.ask('network', 'DELETE', `/v2.0/quotas/${demoRest.projectId}`)).status).toBe(204);
    expect(quotaOf(await demo.json('quota', 'show'))).toMatchObject(network);
  });

  test('the service lists its extensions and zones', async () => {
    const extensions = await demo.json('extension', 'list', '--network');
    const aliases = extensions.map(({ Alias }: { Alias: string }) => Alias);
    expect(aliases).toEqual(expect.arrayContaining(['security-group', 'quotas', 'quota_details', 'availability_zone', 'binding']));
    expect(await demo.json('extension', 'show', 'quotas')).toMatchObject({ alias: 'quotas' });
    expect(await demo.json('availability', 'zone', 'list', '--network')).toEqual([{ 'Zone Name': 'nova', 'Zone Status': 'available' }]);
    expect((await demo.json('availability', 'zone', 'list')).length).toBeGreaterThan(0);
  });

  test('a server boots with an existing port and a second network, and frees the port', async () => {
    await networkWithSubnet('left', '10.32.0.0/24');
    await networkWithSubnet('right', '10.33.0.0/24');
    const port = await demo.json('port', 'create', '--network', 'left', '--fixed-ip', 'subnet=left-subnet,ip-address=10.32.0.50', 'held');
    const [image] = await demo.json('image', 'list');
    const what = ['--flavor', 'm1.tiny', '--image', image.ID, '--security-group', 'default', '--wait'];
    const server = await demo.json('server', 'create', ...what, '--port', 'held', '--network', 'right', 'two-legged');
    expect(server).toMatchObject({ status: 'ACTIVE', addresses: { left: ['10.32.0.50'], right: ['10.33.0.2'] } });
    expect(await demo.json('port', 'show', 'held')).toMatchObject({ status: 'ACTIVE', device_id: server.id, device_owner: 'compute:nova' });
    expect(await demo.json('port', 'list', '--server', 'two-legged')).toHaveLength(2);
    expect(await demo.json('port', 'list', '--device-owner', 'compute:nova')).toHaveLength(2);
    expect(await admin.json('port', 'list', '--host', (await admin.json('port', 'show', port.id)).binding_host_id)).toHaveLength(2);
    expect((await demo.run('network', 'delete', 'right')).stderr).toContain('ports');
    await demo.out('port', 'set', '--name', 'renamed', '--disable', 'held');
    await demo.out('port', 'set', '--enable', 'renamed');
    await demo.out('server', 'delete', '--wait', 'two-legged');
    expect(await demo.json('port', 'show', 'renamed')).toMatchObject({ status: 'DOWN', device_id: '', device_owner: '' });
    expect(ids(await demo.json('port', 'list'))).toEqual([port.id]);
    await demo.out('port', 'delete', 'renamed');
    await demo.out('network', 'delete', 'left', 'right');
  });

  test('servers on networks with the same addresses run on one host', async () => {
    const lines = ['10.34.0.0/24', '10.34.0.128/25'].flatMap((range, n) => [
      `openstack network create clash-${n}`,
      `openstack subnet create --network clash-${n} --subnet-range ${range} clash-${n}`,
      `openstack server create --flavor m1.nano --image tiny --network clash-${n} --wait clash-${n}`,
    ]);
    const ended = ['server delete --wait', 'network delete'].map((what) => `openstack ${what} clash-0 clash-1`);
    const said = await manyCommands(cloud, { openrc: 'openrc-demo', version: '2.90' }, [...lines, ...ended]);
    expect(said.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual([...lines, ...ended].map(() => ''));
  });

  test('another project’s things do not exist for a user of this one', async () => {
    const { id } = await admin.json('network', 'create', 'of-admin');
    const subnet = await admin.json('subnet', 'create', '--network', 'of-admin', '--subnet-range', '10.35.0.0/24', 'of-admin-subnet');
    const port = await admin.json('port', 'create', '--network', 'of-admin', 'of-admin-port');
    const group = await admin.json('security', 'group', 'create', 'of-admin-group');
    const things: readonly [string[], string][] = [
      [['network'], id],
      [['subnet'], subnet.id],
      [['port'], port.id],
      [['security', 'group'], group.id],
      [['security', 'group', 'rule'], group.rules[0].id],
    ];
    for (const [kind, name] of things) expect([kind, (await demo.run(...kind, 'delete', name)).code]).toEqual([kind, 1]);
    expect((await demo.run('port', 'create', '--network', id, 'mine')).code).toBe(1);
    expect((await demo.run('subnet', 'create', '--network', id, '--subnet-range', '10.36.0.0/24', 'mine')).code).toBe(1);
    expect((await demo.run('security', 'group', 'rule', 'create', group.id)).code).toBe(1);
    expect((await demo.run('network', 'create', '--share', 'mine')).stderr).toContain('create_network:shared');
    expect((await demo.run('quota', 'show', adminRest.projectId)).code).toBe(1);
    await admin.out('port', 'delete', port.id);
    await admin.out('network', 'delete', id);
    await admin.out('security', 'group', 'delete', group.id);
  });
});

/** Some releases of the command print one object, others rows. */
function quotaOf(shown: unknown): Record<string, number> {
  if (!Array.isArray(shown)) return { ...(shown as Record<string, number>) }; // Seam: a client's output, distinguished by its form.
  return Object.fromEntries(shown.map(({ Resource, Limit }: { Resource: string; Limit: number }) => [Resource, Limit]));
}
