import { afterAll, beforeAll, expect, test } from 'vitest';
import { member, newServerId } from '../../../network/test-cloud.ts';
import { asId, type PortId } from '../../../objects/ids.ts';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const OWNER = 'owner:member';
let face: NetworkFace;
let network: Resource;
let subnet: Resource;
/** Without port security. */
let open: Resource;
let shared: Resource;
beforeAll(async () => {
  face = await startNetworkFace();
  const make = async (json: object, cidr: string, token: string) => {
    const made = await face.create('network', json, token);
    return [made, await face.create('subnet', { network_id: made.id, ip_version: 4, cidr }, token)] as const;
  };
  [network, subnet] = await make({}, '10.80.0.0/24', OWNER);
  [open] = await make({ port_security_enabled: false }, '10.81.0.0/24', OWNER);
  [shared] = await make({ shared: true }, '10.82.0.0/24', 'root:admin');
});
afterAll(() => face?.close());

const post = (json: object, token = OWNER) =>
  face.send('POST', '/v2.0/ports', { token, json: { port: { network_id: network.id, ...json } } });
const put = (port: Resource, json: object, token = OWNER) => face.send('PUT', `/v2.0/ports/${port.id}`, { token, json: { port: json } });
const create = (json: object, token = OWNER) => face.create('port', { network_id: network.id, ...json }, token);
const refusal = ({ status, json }: Awaited<ReturnType<typeof post>>) => [status, json['NeutronError']?.['type']];

const twice = (one: object, two: object) => post({ allowed_address_pairs: [one, two] });

const pairs = { allowed_address_pairs: [{ ip_address: '10.80.0.200' }] };

// Fault 2026-11 A8.
test('address pairs need port security, whichever of the two comes first', async () => {
  const required = [409, 'AddressPairAndPortSecurityRequired'];
  expect(refusal(await post({ ...pairs, port_security_enabled: false }))).toEqual(required);
  expect(refusal(await post({ ...pairs, network_id: open.id }))).toEqual(required);
  const bare = await create({ port_security_enabled: false, security_groups: [] });
  expect(refusal(await put(bare, pairs))).toEqual(required);
  const paired = await create({ ...pairs, security_groups: [] });
  expect(refusal(await put(paired, { port_security_enabled: false }))).toEqual(required);
  expect((await put(paired, { port_security_enabled: false, allowed_address_pairs: [] })).status).toBe(200);
  expect((await put(bare, { ...pairs, port_security_enabled: true })).status).toBe(200);
  await create({ ...pairs, network_id: open.id, port_security_enabled: true });
});

// Fault 2026-11 A8.
test('the same address pair twice is refused, in whatever notation; with another MAC address it is another pair', async () => {
  const duplicate = [400, 'DuplicateAddressPairInRequest'];
  expect(refusal(await twice({ ip_address: '10.80.0.9' }, { ip_address: '10.80.0.9' }))).toEqual(duplicate);
  expect(refusal(await twice({ ip_address: 'fd00::1' }, { ip_address: 'FD00:0::1' }))).toEqual(duplicate);
  const mac = { ip_address: '10.80.0.9', mac_address: 'FA:16:3E:00:00:09' };
  expect(refusal(await twice(mac, { ...mac, mac_address: 'fa-16-3e-00-00-09' }))).toEqual(duplicate);
  expect((await twice({ ip_address: '10.80.0.9' }, mac)).status).toBe(201);
});

// Fault 2026-11 A9.
test('an address is refused with the reason: its subnet is unknown, of another network, too small, or there is none', async () => {
  const bare = await face.create('network', {}, OWNER);
  const [theirs] = await face.list(`/v2.0/subnets?network_id=${shared.id}`, 'root:admin');
  const hidden = await face.create('network', {}, 'stranger:member');
  const unseen = await face.create('subnet', { network_id: hidden.id, ip_version: 4, cidr: '10.83.0.0/24' }, 'stranger:member');
  await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.84.0.0/24' }, OWNER);
  const port = await create({});
  const cases: readonly [json: object, refused: readonly [status: number, type: string]][] = [
    [{ fixed_ips: [{ subnet_id: UNKNOWN }] }, [404, 'SubnetNotFound']],
    [{ fixed_ips: [{ subnet_id: 'private-subnet' }] }, [404, 'SubnetNotFound']],
    [{ fixed_ips: [{ subnet_id: unseen.id }] }, [404, 'SubnetNotFound']],
    [{ fixed_ips: [{ subnet_id: theirs?.id }] }, [400, 'InvalidInput']],
    [{ fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.99.0.1' }] }, [400, 'InvalidIpForSubnet']],
    [{ fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.84.0.9' }] }, [400, 'InvalidIpForSubnet']],
    [{ fixed_ips: [{ ip_address: '10.99.0.1' }] }, [400, 'InvalidIpForNetwork']],
    [{ security_groups: [UNKNOWN] }, [404, 'SecurityGroupNotFound']],
  ];
  for (const [json, refused] of cases) {
    expect([json, refusal(await post(json))]).toEqual([json, refused]);
    expect([json, refusal(await put(port, json))]).toEqual([json, refused]);
  }
  expect(refusal(await post({ network_id: bare.id, fixed_ips: [{ ip_address: '10.80.0.9' }] }))).toEqual([400, 'InvalidInput']);
  expect((await put(port, { fixed_ips: [{ subnet_id: subnet.id.toUpperCase() }] })).status).toBe(200);
});

// Fault 2026-11 B9.
test('on a network of others a member does not pass a port off as one of the network itself', async () => {
  const claim = { device_owner: 'network:dhcp' };
  expect(refusal(await post({ network_id: shared.id, ...claim }))).toEqual([403, 'PolicyForbidden']);
  const port = await create({ network_id: shared.id, device_owner: 'compute:nova' });
  expect(refusal(await put(port, claim))).toEqual([403, 'PolicyForbidden']);
  expect(refusal(await put(port, { device_owner: 'Network:router_interface' }))).toEqual([403, 'PolicyForbidden']);
  expect((await put(port, claim, 'root:admin')).status).toBe(200);
  await create(claim);
});

// Fault 2026-11 A17.
test.each([
  '00:00:00:00:00:00',
  'ff:ff:ff:ff:ff:ff',
  '01:00:5e:00:00:01',
  '33-33-00-00-00-01',
  '000000000000',
  'fa:16:3e:00:00',
  'fa:16:3e:00:00:0g',
])('the MAC address %s is refused for a port and for an address pair', async (mac_address) => {
  expect((await post({ mac_address })).status).toBe(400);
  expect((await post({ allowed_address_pairs: [{ ip_address: '10.80.0.9', mac_address }] })).status).toBe(400);
});

// Fault 2026-11 A17.
test('a MAC address is taken in every notation, kept in one, and found by every one; so are addresses and prefixes', async () => {
  const port = await create({ mac_address: 'FA-16-3E-AA-BB-01' });
  expect(port).toMatchObject({ mac_address: 'fa:16:3e:aa:bb:01' });
  for (const text of ['fa:16:3e:aa:bb:01', 'FA:16:3E:AA:BB:01', 'fa163eaabb01'])
    expect(await face.list(`/v2.0/ports?mac_address=${text}&fields=id`, OWNER)).toEqual([{ id: port.id }]);
  expect(await face.list('/v2.0/ports?mac_address=fa:16:3e:aa:bb:02', OWNER)).toEqual([]);
  const six = await face.create('subnet', { network_id: network.id, ip_version: 6, cidr: 'FD00:80:0::1/64' }, OWNER);
  for (const query of ['cidr=fd00:80:0:0::/64', 'cidr=FD00:80::7/64', 'gateway_ip=FD00:80::0:1'])
    expect(await face.list(`/v2.0/subnets?${query}&fields=id`, OWNER)).toEqual([{ id: six.id }]);
  const held = await create({ fixed_ips: [{ ip_address: 'fd00:80::abcd' }] });
  expect(await face.list('/v2.0/ports?fixed_ips=ip_address%3DFD00:80:0::ABCD&fields=id', OWNER)).toEqual([{ id: held.id }]);
});

// Fault 2026-11 D9.
test("an admin changes a port's MAC address, unless a server has the port or another has the address", async () => {
  const [port, other] = [await create({}), await create({})];
  const mac_address = 'FA:16:3E:AA:BB:11';
  expect(refusal(await put(port, { mac_address }))).toEqual([403, 'PolicyForbidden']);
  const changed = await put(port, { mac_address }, 'root:admin');
  expect([changed.status, changed.json]).toMatchObject([200, { port: { mac_address: 'fa:16:3e:aa:bb:11' } }]);
  expect(refusal(await put(other, { mac_address }, 'root:admin'))).toEqual([409, 'MacAddressInUse']);
  const requested = [{ portId: asId<PortId>(port.id) }];
  const asked = { serverId: newServerId(), projectId: 'owner', hostname: 'vm', requested, securityGroups: [] };
  await face.cloud.addHost('one').manager.allocatePorts(member('owner'), asked);
  expect(refusal(await put(port, { mac_address: 'fa:16:3e:aa:bb:12' }, 'root:admin'))).toEqual([409, 'PortBound']);
  expect((await put(port, { mac_address, name: 'same' }, 'root:admin')).status).toBe(200);
});

// Fault 2026-11 A22.
test('an admin writes down where a port is to be bound; a member does not, and nobody moves the port of a server', async () => {
  const ADMIN = 'root:admin';
  const binding = { 'binding:host_id': 'rack-7', 'binding:profile': { slot: 3 } };
  for (const json of [{ 'binding:host_id': 'rack-7' }, { 'binding:profile': {} }])
    expect(refusal(await post(json))).toEqual([403, 'PolicyForbidden']);
  const port = await create({ ...binding, 'binding:vnic_type': 'normal' }, ADMIN);
  expect(port).toMatchObject({ ...binding, 'binding:vif_type': 'unbound' });
  expect(await face.list('/v2.0/ports?binding:host_id=rack-7&fields=id', ADMIN)).toEqual([{ id: port.id }]);
  expect(refusal(await put(port, { 'binding:host_id': 'rack-8' }))).toEqual([403, 'PolicyForbidden']);
  const moved = await put(port, { 'binding:host_id': 'rack-8', 'binding:profile': null }, ADMIN);
  expect([moved.status, moved.json]).toMatchObject([200, { port: { 'binding:host_id': 'rack-8', 'binding:profile': {} } }]);
  const { manager, carry, name } = face.cloud.addHost('two');
  const serverId = newServerId();
  const requested = [{ portId: asId<PortId>(port.id) }];
  await manager.allocatePorts(member('root'), { serverId, projectId: 'root', hostname: 'vm', requested, securityGroups: [] });
  await carry(member('root'), serverId);
  const shown = await face.send('GET', `/v2.0/ports/${port.id}`, { token: ADMIN });
  expect(shown.json).toMatchObject({ port: { 'binding:host_id': name, 'binding:vif_type': 'bridge' } });
  expect(refusal(await put(port, { 'binding:host_id': 'rack-9' }, ADMIN))).toEqual([409, 'PortInUse']);
  expect((await put(port, { 'binding:host_id': name }, ADMIN)).status).toBe(200);
  await manager.releasePorts(member('root'), { serverId });
  const free = await face.send('GET', `/v2.0/ports/${port.id}`, { token: ADMIN });
  expect(free.json).toMatchObject({ port: { 'binding:host_id': '', 'binding:vif_type': 'unbound' } });
});
