import { afterAll, beforeAll, expect, test } from 'vitest';
import { member, newServerId, type TestHost } from '../../../network/test-cloud.ts';
import { asId, type NetworkId } from '../../../objects/ids.ts';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

let face: NetworkFace;
let host: TestHost;
beforeAll(async () => {
  face = await startNetworkFace();
  host = face.cloud.addHost('one');
});
afterAll(() => face?.close());

const send: NetworkFace['send'] = (...asked) => face.send(...asked);
const list: NetworkFace['list'] = (...asked) => face.list(...asked);
const create: NetworkFace['create'] = (...asked) => face.create(...asked);

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

const networkWithSubnet = async (token: string, cidr = '10.50.0.0/24', more: object = {}) => {
  const network = await create('network', { name: 'net', ...more }, token);
  const subnet = await create('subnet', { network_id: network.id, ip_version: 4, cidr }, token);
  return { network, subnet };
};

test('the versions need no token, everything else does', async () => {
  const versions = await send('GET', '/', { token: '' });
  expect(versions.json).toMatchObject({ versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ href: `${face.origin}/v2.0/` }] }] });
  expect((await send('GET', '/v2.0/', { token: '' })).status).toBe(401);
  expect((await send('GET', '/v2.0/')).json).toMatchObject({
    resources: expect.arrayContaining([expect.objectContaining({ name: 'network' })]),
  });
});

test('admins say and see what a network is on the wire', async () => {
  const made = await create('network', { 'provider:network_type': 'vxlan', 'provider:segmentation_id': '4711' }, 'wire:admin');
  const shown = { 'provider:network_type': 'vxlan', 'provider:physical_network': null, 'provider:segmentation_id': 4711 };
  expect(made).toMatchObject(shown);
  expect(await list('/v2.0/networks?provider%3Asegmentation_id=4711', 'wire:admin')).toMatchObject([{ id: made.id, ...shown }]);
  const plain = await create('network', {}, 'wire:member');
  expect(plain).not.toHaveProperty('provider:network_type');
  const again = { network: { 'provider:network_type': 'vxlan', 'provider:segmentation_id': 4711 } };
  expect(await send('POST', '/v2.0/networks', { json: again, token: 'wire:admin' })).toMatchObject({
    status: 409,
    json: { NeutronError: { type: 'TunnelIdInUse', message: 'Unable to create the network. The tunnel ID 4711 is in use.' } },
  });
  expect((await send('POST', '/v2.0/networks', { json: again, token: 'wire:member' })).status).toBe(403);
  const outside = await create('network', { 'router:external': true }, 'wire:admin');
  expect(outside).toMatchObject({ 'provider:network_type': 'local', 'provider:segmentation_id': null, mtu: 1500 });
});

test.each<[object, string]>([
  [{ 'provider:segmentation_id': 7 }, 'network_type required'],
  [{ 'provider:network_type': 'vlan' }, "network_type value 'vlan' not supported"],
  [{ 'provider:network_type': 'vxlan', 'provider:segmentation_id': 0 }, 'segmentation_id out of range (1 through 16777215)'],
  [{ 'provider:network_type': 'vxlan', 'provider:physical_network': 'p' }, 'provider:physical_network specified for vxlan network'],
])('a network of %j is refused', async (json, says) => {
  const { status, json: answer } = await send('POST', '/v2.0/networks', { json: { network: json }, token: 'wire:admin' });
  expect([status, answer.NeutronError?.['message']]).toEqual([400, expect.stringContaining(says)]);
});

test('a network, its subnet and a port are created, shown, changed and deleted in that order', async () => {
  const token = 'whole:member';
  const { network, subnet } = await networkWithSubnet(token);
  expect(await create('network', { mtu: '65535' }, token)).toMatchObject({ mtu: 65_535 });
  expect(network).toMatchObject({ status: 'ACTIVE', shared: false, 'router:external': false, mtu: 1450, subnets: [], tenant_id: 'whole' });
  expect(subnet).toMatchObject({
    cidr: '10.50.0.0/24',
    gateway_ip: '10.50.0.1',
    enable_dhcp: true,
    allocation_pools: [{ start: '10.50.0.2', end: '10.50.0.254' }],
  });
  expect((await send('GET', `/v2.0/networks/${network.id}`, { token })).json).toMatchObject({ network: { subnets: [subnet.id] } });
  const port = await create('port', { network_id: network.id, name: 'p' }, token);
  const [group] = await list('/v2.0/security-groups?name=default', token);
  expect(port).toMatchObject({
    status: 'DOWN',
    fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.50.0.2' }],
    security_groups: [group?.id],
    port_security_enabled: true,
  });
  expect(port).not.toHaveProperty('binding:host_id');
  const changed = await send('PUT', `/v2.0/ports/${port.id}`, {
    token,
    json: { port: { name: 'q', fixed_ips: [{ ip_address: '10.50.0.9' }] } },
  });
  expect(changed.json).toMatchObject({ port: { name: 'q', fixed_ips: [{ ip_address: '10.50.0.9' }] } });
  const inUse = await send('DELETE', `/v2.0/networks/${network.id}`, { token });
  expect([inUse.status, inUse.json]).toMatchObject([409, { NeutronError: { type: 'NetworkInUse', detail: '' } }]);
  expect((await send('DELETE', `/v2.0/subnets/${subnet.id}`, { token })).json).toMatchObject({ NeutronError: { type: 'SubnetInUse' } });
  expect((await send('DELETE', `/v2.0/ports/${port.id}`, { token })).status).toBe(204);
  expect((await send('DELETE', `/v2.0/subnets/${subnet.id}`, { token })).status).toBe(204);
  expect((await send('DELETE', `/v2.0/networks/${network.id}`, { token })).status).toBe(204);
  expect((await send('GET', `/v2.0/networks/${network.id}`, { token })).status).toBe(404);
});

test.each([
  ['networks', 'NetworkNotFound', 'Network private could not be found.'],
  ['subnets', 'SubnetNotFound', 'Subnet private could not be found.'],
  ['ports', 'PortNotFound', 'Port private could not be found.'],
  ['security-groups', 'SecurityGroupNotFound', 'Security group private does not exist.'],
  ['security-group-rules', 'SecurityGroupRuleNotFound', 'Security group rule private does not exist.'],
  ['extensions', 'ExtensionNotFound', 'Extension with alias private does not exist'],
  ['routers', 'RouterNotFound', 'Router private could not be found'],
  ['floatingips', 'FloatingIPNotFound', 'Floating IP private could not be found'],
  ['vpns', 'HTTPNotFound', 'The resource could not be found.'],
])('%s/private is a 404 of type %s', async (path, type, message) => {
  const answer = await send('GET', `/v2.0/${path}/private`);
  expect([answer.status, answer.json]).toEqual([404, { NeutronError: { type, message, detail: '' } }]);
});

test('extensions name what there is', async () => {
  expect((await list('/v2.0/extensions')).map(({ alias }) => alias)).toEqual(expect.arrayContaining(['security-group', 'port-security']));
  expect((await send('GET', '/v2.0/extensions/security-group')).json).toMatchObject({ extension: { alias: 'security-group' } });
  expect((await send('GET', '/v2.0/vpns')).status).toBe(404);
});

test('projects neither see nor touch what others have, shared networks excepted', async () => {
  const { network, subnet } = await networkWithSubnet('mine:member', '10.51.0.0/24');
  const port = await create('port', { network_id: network.id }, 'mine:member');
  const group = await create('security_group', { name: 'web' }, 'mine:member');
  const [rule] = group['security_group_rules'] as readonly Resource[]; // Seam: as above.
  const others = { token: 'other:member' };
  const things = {
    networks: network.id,
    subnets: subnet.id,
    ports: port.id,
    'security-groups': group.id,
    'security-group-rules': rule?.id,
  };
  for (const [kind, id] of Object.entries(things)) {
    expect((await send('GET', `/v2.0/${kind}/${id}`, others)).status, kind).toBe(404);
    expect((await send('DELETE', `/v2.0/${kind}/${id}`, others)).status, kind).toBe(404);
    expect((await list(`/v2.0/${kind}`, 'other:member')).map((one) => one.id)).not.toContain(id);
    expect((await list(`/v2.0/${kind}`, 'root:admin')).map((one) => one.id)).toContain(id);
  }
  expect((await send('POST', '/v2.0/ports', { ...others, json: { port: { network_id: network.id } } })).status).toBe(404);
  const rulesBy = { security_group_rule: { security_group_id: group.id, direction: 'ingress' } };
  expect((await send('POST', '/v2.0/security-group-rules', { ...others, json: rulesBy })).status).toBe(404);
  expect((await send('POST', '/v2.0/networks', { json: { network: { tenant_id: 'other' } } })).status).toBe(403);
  expect((await send('POST', '/v2.0/networks', { json: { network: { shared: true } } })).status).toBe(403);
  expect((await send('POST', '/v2.0/networks', { token: 'mine:reader', json: { network: {} } })).status).toBe(403);
});

test('on a shared network everybody has ports, and only its owner chooses addresses or lifts filters', async () => {
  const { network } = await networkWithSubnet('root:admin', '10.52.0.0/24', { shared: true });
  const port = await create('port', { network_id: network.id }, 'guest:member');
  for (const json of [{ fixed_ips: [{ ip_address: '10.52.0.9' }] }, { port_security_enabled: false }, { mac_address: 'fa:16:3e:00:00:01' }])
    expect((await send('POST', '/v2.0/ports', { token: 'guest:member', json: { port: { network_id: network.id, ...json } } })).status).toBe(
      403,
    );
  expect((await send('DELETE', `/v2.0/networks/${network.id}`, { token: 'guest:member' })).status).toBe(403);
  const taken = await send('PUT', `/v2.0/networks/${network.id}`, { token: 'root:admin', json: { network: { shared: false } } });
  expect([taken.status, taken.json]).toMatchObject([409, { NeutronError: { type: 'InvalidSharedSetting' } }]);
  expect((await send('DELETE', `/v2.0/ports/${port.id}`, { token: 'guest:member' })).status).toBe(204);
});

test("a server's port is shown with its host to admins, and stays while the server has it", async () => {
  const { network } = await networkWithSubnet('srv:member', '10.53.0.0/24');
  const serverId = newServerId();
  const requested = [{ networkId: asId<NetworkId>(network.id) }];
  const asked = { serverId, projectId: 'srv', hostname: 'vm', requested, securityGroups: [] };
  await host.manager.allocatePorts(member('srv'), asked);
  await host.carry(member('srv'), serverId);
  const [port] = await list(`/v2.0/ports?device_id=${serverId}`, 'root:admin');
  expect(port).toMatchObject({ 'binding:host_id': 'one', status: 'ACTIVE', device_owner: 'compute:nova', device_id: serverId });
  expect((await send('DELETE', `/v2.0/ports/${port?.id}`, { token: 'srv:member' })).json).toMatchObject({
    NeutronError: { type: 'PortInUse' },
  });
  const off = { port: { admin_state_up: false } };
  expect((await send('PUT', `/v2.0/ports/${port?.id}`, { token: 'srv:member', json: off })).status).toBe(200);
  expect(host.driver.ports.find(({ id }) => id === port?.id)).toMatchObject({ rules: [], portSecurityEnabled: true });
});

test('a list is filtered by any simple field, sorted, cut into pages and reduced to fields', async () => {
  const token = 'lister:member';
  for (const name of ['b', 'a', 'c']) await create('network', { name, admin_state_up: name !== 'c' }, token);
  const names = async (query: string) => (await list(`/v2.0/networks?${query}`, token)).map(({ name }) => name);
  expect(await names('tenant_id=lister')).toEqual(['b', 'a', 'c']);
  expect(await names('name=a&name=c')).toEqual(['a', 'c']);
  expect(await names('admin_state_up=False')).toEqual(['c']);
  expect(await names('tenant_id=lister&sort_key=name&sort_dir=desc')).toEqual(['c', 'b', 'a']);
  expect(await list('/v2.0/networks?tenant_id=lister&name=a&fields=name&fields=mtu', token)).toEqual([{ name: 'a', mtu: 1450 }]);
  const first = await send('GET', '/v2.0/networks?tenant_id=lister&sort_key=name&limit=2', { token });
  const links = first.json['networks_links'] as unknown as readonly { href: string }[]; // Seam: as above.
  const second = await send('GET', links[0]?.href.slice(face.origin.length) ?? '', { token });
  expect(second.json).toMatchObject({ networks: [{ name: 'c' }] });
  const back = second.json['networks_links'] as unknown as readonly { rel: string; href: string }[]; // Seam: as above.
  expect(back).toMatchObject([{ rel: 'previous' }]);
  const again = await send('GET', back[0]?.href.slice(face.origin.length) ?? '', { token });
  expect(again.json).toMatchObject({ networks: [{ name: 'a' }, { name: 'b' }], networks_links: [{ rel: 'next' }, { rel: 'previous' }] });
});

// Fault 2026-11 A22.
test('a list says what has changed since a time, as the extension of timestamps promises', async () => {
  const token = 'timely:member';
  const { updated_at: made, id } = await create('network', {}, token);
  const since = (text: unknown) => send('GET', `/v2.0/networks?tenant_id=timely&fields=id&changed_since=${text}`, { token });
  expect((await since(made)).json).toEqual({ networks: [{ id }] });
  expect((await since('2099-01-01T00:00:00Z')).json).toEqual({ networks: [] });
  for (const text of ['yesterday', '2026-13-01T00:00:00Z']) expect((await since(text)).status).toBe(400);
});

test('ports are found by address and by subnet', async () => {
  const { network, subnet } = await networkWithSubnet('finder:member', '10.54.0.0/24');
  const [one, two] = [
    await create('port', { network_id: network.id }, 'finder:member'),
    await create('port', { network_id: network.id }, 'finder:member'),
  ];
  expect(await list('/v2.0/ports?fixed_ips=ip_address%3D10.54.0.3&fields=id', 'finder:member')).toEqual([{ id: two.id }]);
  const ofSubnet = await list(`/v2.0/ports?fixed_ips=subnet_id%3D${subnet.id}&fields=id`, 'finder:member');
  expect(ofSubnet).toEqual([{ id: one.id }, { id: two.id }]);
  const [group] = await list('/v2.0/security-groups', 'finder:member');
  expect(await list(`/v2.0/ports?security_groups=${group?.id}&fields=id`, 'finder:member')).toEqual([{ id: one.id }, { id: two.id }]);
  expect(await list('/v2.0/ports?ip_address=10.54.0.2&fields=id', 'finder:member')).toEqual([{ id: one.id }]);
  expect(await list('/v2.0/ports?binding%3Ahost_id=one', 'finder:member')).toEqual([]);
});

test.each<[query: string, names: string[]]>([
  ['sort_key=admin_state_up&sort_key=name&sort_dir=asc&sort_dir=desc', ['c', 'b', 'a']],
  ['sort_key=admin_state_up&sort_dir=desc&sort_key=name&sort_dir=asc', ['a', 'b', 'c']],
  ['page_reverse=True&limit=2', ['a', 'c']],
  ['page_reverse=False&limit=2', ['b', 'a']],
  ['status=ACTIVE', ['b', 'a', 'c']],
  ['status=DOWN', []],
  ['tags=x', []],
  ['not-tags=x', ['b', 'a', 'c']],
  ['is_default=False', ['b', 'a', 'c']],
  ['provider%3Anetwork_type=vlan', []],
  ['provider%3Anetwork_type=vxlan', ['b', 'a', 'c']],
  ['description=', ['b', 'a', 'c']],
])('networks listed by %s are %j', async (query, names) => {
  const found = await list(`/v2.0/networks?tenant_id=lister&${query}`, 'lister:member');
  expect(found.map(({ name }) => name)).toEqual(names);
});

test.each(['limit=x', 'sort_key=colour', 'sort_dir=up&sort_key=name', 'nmae=x', 'marker=nobody', 'tag=x', 'sort_key=status'])(
  'the query %s is refused',
  async (query) => {
    expect((await send('GET', `/v2.0/networks?${query}`)).status).toBe(400);
  },
);

test.each<[what: string, kind: string, json: object, status: number, says: string]>([
  ['a name that is a number', 'network', { name: 7 }, 400, 'name'],
  ['an unknown field', 'network', { colour: 'red' }, 400, 'colour'],
  ['a small mtu', 'network', { mtu: 1 }, 400, 'mtu'],
  ['a small mtu in letters', 'network', { mtu: '67' }, 400, 'mtu'],
  ['a large mtu in letters', 'network', { mtu: '65536' }, 400, 'mtu'],
  ['a subnet without cidr', 'subnet', { ip_version: 4 }, 400, 'cidr'],
  ['a cidr that is none', 'subnet', { ip_version: 4, cidr: '10.0.0.0/33' }, 400, 'cidr'],
  ['a cidr of the other version', 'subnet', { ip_version: 6, cidr: '10.0.0.0/24' }, 400, 'ip_version'],
  ['link-local addresses', 'subnet', { ip_version: 4, cidr: '169.254.0.0/16' }, 400, 'reserved'],
  ['an overlapping cidr', 'subnet', { ip_version: 4, cidr: '10.60.0.128/25' }, 400, 'overlaps'],
  ['a gateway outside', 'subnet', { ip_version: 4, cidr: '10.61.0.0/24', gateway_ip: '10.62.0.1' }, 400, 'gateway_ip'],
  [
    'the gateway in a pool',
    'subnet',
    { ip_version: 4, cidr: '10.61.0.0/24', allocation_pools: [{ start: '10.61.0.1', end: '10.61.0.9' }] },
    409,
    'Gateway ip 10.61.0.1 conflicts with allocation pool 10.61.0.1-10.61.0.9.',
  ],
  ['a name server with a comma', 'subnet', { ip_version: 4, cidr: '10.61.0.0/24', dns_nameservers: ['9.9.9.9,1'] }, 400, 'dns_nameservers'],
  ['an address outside', 'port', { fixed_ips: [{ ip_address: '10.99.0.9' }] }, 400, 'not a valid IP'],
  ['the gateway as address', 'port', { fixed_ips: [{ ip_address: '10.60.0.1' }] }, 409, 'in use'],
  ['a taken address', 'port', { fixed_ips: [{ ip_address: '10.60.0.2' }] }, 409, 'in use'],
  ['a MAC that is none', 'port', { mac_address: 'x' }, 400, 'mac_address'],
  // Fault 2026-11 A9.
  ['a group by its name', 'port', { security_groups: ['default'] }, 404, 'Security group default does not exist.'],
  ['an unknown group', 'port', { security_groups: [UNKNOWN] }, 404, `Security group ${UNKNOWN} does not exist.`],
  ['an unknown subnet', 'port', { fixed_ips: [{ subnet_id: UNKNOWN }] }, 404, `Subnet ${UNKNOWN} could not be found.`],
])('%s is refused', async (_what, kind, json, status, says) => {
  const token = 'refused:member';
  const [known] = await list('/v2.0/networks?name=known', token);
  let networkId = known?.id;
  if (networkId === undefined) {
    const { network } = await networkWithSubnet(token, '10.60.0.0/24', { name: 'known' });
    await create('port', { network_id: network.id }, token);
    networkId = network.id;
  }
  const body = kind === 'network' ? json : { network_id: networkId, ...json };
  const answer = await send('POST', `/v2.0/${kind}s`, { token, json: { [kind]: body } });
  expect([answer.status, answer.json]).toMatchObject([status, { NeutronError: { message: expect.stringContaining(says) } }]);
});

// Fault 2026-11 E13.
test.each<[pools: readonly [start: number, end: number][], status: number, says?: string]>([
  [
    [
      [10, 19],
      [20, 30],
    ],
    201,
  ],
  [
    [
      [20, 30],
      [10, 19],
    ],
    201,
  ],
  [
    [
      [10, 20],
      [20, 30],
    ],
    409,
    '10.63.0.10-10.63.0.20 10.63.0.20-10.63.0.30',
  ],
  [
    [
      [20, 30],
      [10, 20],
    ],
    409,
    'OverlappingAllocationPools',
  ],
  [
    [
      [10, 30],
      [12, 13],
    ],
    409,
    'OverlappingAllocationPools',
  ],
  [
    [
      [10, 10],
      [5, 7],
      [10, 10],
    ],
    409,
    'OverlappingAllocationPools',
  ],
  [[[1, 9]], 409, 'GatewayConflictWithAllocationPools'],
  [[[9, 5]], 400, 'ends before it begins'],
  [[[200, 255]], 400, 'not a usable address'],
  [[[254, 254]], 201],
])('a subnet with the pools %j is answered with %i', async (pools, status, says = '') => {
  const network = await create('network', {}, 'pooler:member');
  const allocation_pools = pools.map(([start, end]) => ({ start: `10.63.0.${start}`, end: `10.63.0.${end}` }));
  const subnet = { network_id: network.id, ip_version: 4, cidr: '10.63.0.0/24', allocation_pools };
  const answer = await send('POST', '/v2.0/subnets', { token: 'pooler:member', json: { subnet } });
  expect([answer.status, JSON.stringify(answer.json)]).toEqual([status, expect.stringContaining(says)]);
  if (status === 201) expect(answer.json).toMatchObject({ subnet: { allocation_pools } });
});

test.each<[json: object, status: number, shown: object]>([
  [{ protocol: 'tcp', port_range_min: 22, port_range_max: 22 }, 201, { ethertype: 'IPv4', protocol: 'tcp', remote_ip_prefix: null }],
  [
    { protocol: 6, port_range_min: 22, port_range_max: 23, remote_ip_prefix: '10.0.0.9/8' },
    201,
    { protocol: '6', remote_ip_prefix: '10.0.0.0/8' },
  ],
  [{ protocol: 'any', ethertype: 'IPv6' }, 201, { protocol: null, ethertype: 'IPv6' }],
  [{ protocol: 'icmp', port_range_min: 8, port_range_max: 0 }, 201, { port_range_min: 8 }],
  // Fault 2026-11 A13.
  [{ protocol: 'icmp', ethertype: 'IPv6' }, 201, { protocol: 'ipv6-icmp' }],
  [{ protocol: 'icmpv6', ethertype: 'IPv6', port_range_min: 128 }, 201, { protocol: 'ipv6-icmp', port_range_min: 128 }],
  [{ protocol: 1, ethertype: 'IPv6' }, 201, { protocol: '58' }],
  [{ protocol: 58, ethertype: 'IPv4' }, 400, { message: expect.stringContaining('IPv6') }],
  [{ remote_ip_prefix: '10.1.2.3' }, 201, { remote_ip_prefix: '10.1.2.3/32' }],
  [{ protocol: 'tcp', port_range_min: 23, port_range_max: 22 }, 400, {}],
  [{ protocol: 'tcp', port_range_min: 22 }, 400, {}],
  [{ protocol: 'tcp', port_range_min: -16, port_range_max: 80 }, 400, { message: expect.stringContaining('Invalid value for port -16') }],
  [
    { protocol: 'udp', port_range_min: 80, port_range_max: 65_536 },
    400,
    { message: expect.stringContaining('Invalid value for port 65536') },
  ],
  [{ port_range_min: 22, port_range_max: 22 }, 400, {}],
  [{ protocol: 'carrier-pigeon' }, 400, {}],
  [{ protocol: 'icmp', port_range_min: 300 }, 400, { message: expect.stringContaining('Invalid value for ICMP type') }],
  [{ remote_ip_prefix: '::/0' }, 400, {}],
  [{ direction: 'sideways' }, 400, {}],
  [{ remote_group_id: '00000000-0000-4000-8000-000000000000' }, 404, {}],
])('the rule %j is answered with %i', async (json, status, shown) => {
  const { id } = await create('security_group', { name: 'g' });
  const rule = { security_group_id: id, direction: 'ingress', ...json };
  const answer = await send('POST', '/v2.0/security-group-rules', { json: { security_group_rule: rule } });
  expect([answer.status, answer.json]).toMatchObject([status, status === 201 ? { security_group_rule: shown } : { NeutronError: shown }]);
  if (status !== 201) return;
  const again = await send('POST', '/v2.0/security-group-rules', { json: { security_group_rule: rule } });
  expect(again.json).toMatchObject({ NeutronError: { type: 'SecurityGroupRuleExists' } });
});

// Fault 2026-11 A6.
test('a rule that means the same as another of its group is refused, however it is written, and the other is named', async () => {
  const group = await create('security_group', { name: 'twins' });
  const [out4, out6] = group['security_group_rules'] as readonly Resource[]; // Seam: as above.
  const ruleOf = (json: object) => ({ security_group_id: group.id, direction: 'ingress', ...json });
  const post = (json: object) => send('POST', '/v2.0/security-group-rules', { json: { security_group_rule: ruleOf(json) } });
  const made = async (json: object) => (await create('security_group_rule', ruleOf(json))).id;
  const ssh = { port_range_min: 22, port_range_max: 22 };
  const [tcp, ping, all] = [
    await made({ protocol: 'tcp', ...ssh }),
    await made({ protocol: 'icmp', ethertype: 'IPv6' }),
    await made({ protocol: 'udp', remote_ip_prefix: '0.0.0.0/0' }),
  ];
  const twins: readonly [json: object, id: string | undefined][] = [
    [{ direction: 'egress', remote_ip_prefix: '0.0.0.0/0' }, out4?.id],
    [{ direction: 'egress', ethertype: 'IPv6', remote_ip_prefix: '::/0', protocol: 'any' }, out6?.id],
    [{ protocol: 6, ...ssh, remote_ip_prefix: '0.0.0.0/0' }, tcp],
    [{ protocol: '58', ethertype: 'IPv6' }, ping],
    [{ protocol: '17' }, all],
  ];
  for (const [json, id] of twins) {
    const answer = await post(json);
    const error = { type: 'SecurityGroupRuleExists', message: `Security group rule already exists. Rule id is ${id}.`, detail: '' };
    expect([json, answer.status, answer.json]).toEqual([json, 409, { NeutronError: error }]);
  }
  for (const json of [
    { protocol: 6, ...ssh, remote_ip_prefix: '0.0.0.0/1' },
    { protocol: 'udp', remote_group_id: group.id },
  ])
    expect([json, (await post(json)).status]).toEqual([json, 201]);
  const many = { security_group_rules: [ruleOf({ protocol: 'sctp' }), ruleOf({ protocol: 132 })] };
  expect((await send('POST', '/v2.0/security-group-rules', { json: many })).json).toMatchObject({
    NeutronError: { type: 'DuplicateSecurityGroupRuleInPost' },
  });
});

// Fault 2026-11 E5.
test('a rule may name as remote only a group that its author sees', async () => {
  const [mine, theirs] = [await create('security_group', { name: 'm' }, 'ruler:member'), await create('security_group', { name: 't' })];
  const json = (remote_group_id: string) => ({
    security_group_rule: { security_group_id: mine.id, direction: 'ingress', remote_group_id },
  });
  const foreign = await send('POST', '/v2.0/security-group-rules', { token: 'ruler:member', json: json(theirs.id) });
  expect([foreign.status, foreign.json]).toMatchObject([404, { NeutronError: { message: expect.stringContaining(theirs.id) } }]);
  expect((await send('POST', '/v2.0/security-group-rules', { token: 'ruler:member', json: json(mine.id) })).status).toBe(201);
});

// Fault 2026-11 E8.
test.each([{ remote_ip_prefix: '10.0.0.0/8' }, { remote_ip_prefix: '0.0.0.0/0' }])(
  'a rule with a remote group and %j is refused, and with one of the two it is not',
  async (prefix) => {
    const { id } = await create('security_group', { name: 'both' });
    const rule = { security_group_id: id, direction: 'ingress', protocol: 'tcp' };
    const both = { security_group_rule: { ...rule, ...prefix, remote_group_id: id } };
    const answer = await send('POST', '/v2.0/security-group-rules', { json: both });
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { NeutronError: { message: expect.stringContaining('Only remote_ip_prefix or remote_group_id') } },
    ]);
    await create('security_group_rule', { ...rule, ...prefix });
    await create('security_group_rule', { ...rule, remote_group_id: id });
  },
);

// Fault 2026-11 A18. Fault 2026-11 A19.
test('a group needs no name, and a project has its default group from its first look', async () => {
  const token = 'first:member';
  for (const name of ['default', 'Default']) {
    const second = await send('POST', '/v2.0/security-groups', { token, json: { security_group: { name } } });
    expect([second.status, second.json]).toMatchObject([409, { NeutronError: { type: 'SecurityGroupDefaultAlreadyExists' } }]);
  }
  const nameless = await create('security_group', {}, token);
  expect(nameless).toMatchObject({ name: '', description: '' });
  const namesNow = (await list('/v2.0/security-groups?tenant_id=first', 'root:admin')).map(({ name }) => name);
  expect(namesNow).toEqual(['default', '']);
  const renamed = await send('PUT', `/v2.0/security-groups/${nameless.id}`, { token, json: { security_group: { name: 'DEFAULT' } } });
  expect(renamed.status).toBe(409);
});

test('the default group is there for every project, once, and only an admin removes it', async () => {
  const looks = await Promise.all(Array.from({ length: 8 }, () => list('/v2.0/security-groups', 'fresh:member')));
  expect(new Set(looks.flat().map(({ id }) => id)).size).toBe(1);
  const [group] = await list('/v2.0/security-groups?tenant_id=fresh&name=default', 'root:admin');
  expect(group?.['security_group_rules']).toHaveLength(4);
  expect(
    (await send('POST', '/v2.0/security-groups', { token: 'fresh:member', json: { security_group: { name: 'default' } } })).status,
  ).toBe(409);
  expect((await send('DELETE', `/v2.0/security-groups/${group?.id}`, { token: 'fresh:member' })).status).toBe(409);
  expect((await send('DELETE', `/v2.0/security-groups/${group?.id}`, { token: 'root:admin' })).status).toBe(204);
});
