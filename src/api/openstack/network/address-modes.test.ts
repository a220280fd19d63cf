import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace();
});
afterAll(() => face?.close());

const MAC = 'fa:16:3e:00:00:01';
/** The address that a guest with this MAC address makes in fd00:N::/64. */
const made = (net: number) => `fd00:${net}::f816:3eff:fe00:1`;
const subnetOf = (network: Resource, net: number, more: object = {}) =>
  face.create('subnet', { network_id: network.id, ip_version: 6, cidr: `fd00:${net}::/64`, ...more });
const auto = (mode = 'slaac') => ({ ipv6_ra_mode: mode, ipv6_address_mode: mode });
const addressesOf = (port: Resource) => (port['fixed_ips'] as { ip_address: string }[]).map(({ ip_address }) => ip_address);
const portOn = (network: Resource, more: object = {}) => face.create('port', { network_id: network.id, ...more });

test('a guest makes its address where the subnet says so, beside an address of each other version and subnet', async () => {
  const network = await face.create('network', { name: 'modes' });
  expect(await subnetOf(network, 1, auto())).toMatchObject(auto());
  await subnetOf(network, 2, { ipv6_address_mode: 'dhcpv6-stateful' });
  await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.61.0.0/24' });
  const port = await portOn(network, { mac_address: MAC });
  expect(addressesOf(port).sort()).toEqual(['10.61.0.2', made(1), 'fd00:2::2']);
  const only = await face.send('PUT', `/v2.0/ports/${port.id}`, { json: { port: { fixed_ips: [{ ip_address: '10.61.0.9' }] } } });
  expect(addressesOf(only.json['port'] as Resource).sort()).toEqual(['10.61.0.9', made(1)]);
  const moved = await face.send('PUT', `/v2.0/ports/${port.id}`, {
    json: { port: { mac_address: 'fa:16:3e:00:00:02' } },
    token: 'admin:admin',
  });
  expect(addressesOf(moved.json['port'] as Resource).sort()).toEqual(['10.61.0.9', 'fd00:1::f816:3eff:fe00:2']);
  const foreign = { port: { network_id: network.id, fixed_ips: [{ ip_address: 'fd00:1::77' }] } };
  expect(await face.send('POST', '/v2.0/ports', { json: foreign })).toMatchObject({
    status: 400,
    json: { NeutronError: { message: expect.stringContaining('guests make their addresses there') } },
  });
});

test('ports are found by a part of an address', async () => {
  const network = await face.create('network', { name: 'parts' });
  await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.68.0.0/24' });
  const port = await portOn(network, { fixed_ips: [{ ip_address: '10.68.0.77' }] });
  expect(await face.list('/v2.0/ports?fixed_ips=ip_address_substr=68.0.7')).toMatchObject([{ id: port.id }]);
  expect(await face.list('/v2.0/ports?fixed_ips=ip_address_substr=68.0.8')).toEqual([]);
});

test('addresses that guests make come and go with the subnet', async () => {
  const network = await face.create('network', { name: 'later' });
  const port = await portOn(network, { mac_address: MAC });
  const subnet = await subnetOf(network, 3, auto('dhcpv6-stateless'));
  const now = async () => addressesOf((await face.send('GET', `/v2.0/ports/${port.id}`)).json['port'] as Resource);
  expect(await now()).toEqual([made(3)]);
  expect((await face.send('DELETE', `/v2.0/subnets/${subnet.id}`)).status).toBe(204);
  expect(await now()).toEqual([]);
});

test.each([
  [{ ipv6_ra_mode: 'slaac', ipv6_address_mode: 'dhcpv6-stateful' }, 'must be the same'],
  [{ ...auto(), enable_dhcp: false }, 'enable_dhcp'],
  [{ ...auto(), cidr: 'fd00:9::/80' }, '/64'],
  [{ ...auto(), ip_version: 4, cidr: '10.62.0.0/24' }, 'ip_version is 4'],
])('modes that make no sense are refused: %j', async (said, reason) => {
  const network = await face.create('network', { name: 'refused' });
  const subnet = { network_id: network.id, ip_version: 6, cidr: 'fd00:9::/64', ...said };
  expect(await face.send('POST', '/v2.0/subnets', { json: { subnet } })).toMatchObject({
    status: 400,
    json: { NeutronError: { message: expect.stringContaining(reason) } },
  });
});

test('a subnet for one kind of device serves no other', async () => {
  const network = await face.create('network', { name: 'typed' });
  const subnet = { network_id: network.id, ip_version: 4, service_types: ['network:dhcp'] };
  const refused = await face.send('POST', '/v2.0/subnets', { json: { subnet: { ...subnet, cidr: '10.63.0.0/24' } } });
  expect(refused.status).toBe(403);
  const token = 'admin:admin';
  const strange = { ...subnet, cidr: '10.63.0.0/24', service_types: ['toaster'] };
  expect((await face.send('POST', '/v2.0/subnets', { token, json: { subnet: strange } })).json).toMatchObject({
    NeutronError: { type: 'InvalidSubnetServiceType' },
  });
  const typed = await face.create('subnet', { ...subnet, cidr: '10.63.0.0/24' }, token);
  expect(await face.send('POST', '/v2.0/ports', { json: { port: { network_id: network.id } } })).toMatchObject({
    status: 409,
    json: { NeutronError: { type: 'IpAddressGenerationFailureNoMatchingSubnet' } },
  });
  await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.64.0.0/24' });
  expect(addressesOf(await portOn(network))).toEqual(['10.64.0.2']);
  const served = { network_id: network.id, device_owner: 'network:dhcp' };
  expect(addressesOf(await face.create('port', served, token))).toEqual(['10.63.0.2']);
  expect(await face.list('/v2.0/subnets?service_types=network:dhcp')).toMatchObject([{ id: typed.id }]);
});

const option = (opt_name: string, opt_value: string | null, ip_version = 4) => ({ opt_name, opt_value, ip_version });

test('options for DHCP are added, replaced and removed one by one', async () => {
  const network = await face.create('network', { name: 'booting' });
  const port = await portOn(network, { extra_dhcp_opts: [{ opt_name: 'bootfile-name', opt_value: 'pxelinux.0' }] });
  expect(port['extra_dhcp_opts']).toEqual([option('bootfile-name', 'pxelinux.0')]);
  const put = (extra_dhcp_opts: object[]) => face.send('PUT', `/v2.0/ports/${port.id}`, { json: { port: { extra_dhcp_opts } } });
  const two = await put([option('bootfile-name', 'other'), option('150', '10.0.0.9')]);
  expect(two.json['port']?.['extra_dhcp_opts']).toEqual([option('bootfile-name', 'other'), option('150', '10.0.0.9')]);
  expect((await put([option('bootfile-name', null)])).json['port']?.['extra_dhcp_opts']).toEqual([option('150', '10.0.0.9')]);
  for (const bad of [option('nothing', 'x'), option('ntp-server', 'x'), option('bootfile-name', 'a\nb'), option('12', 'x')])
    expect([bad, (await put([bad])).status]).toEqual([bad, 400]);
});

test('an external network goes with the floating IPs that lead nowhere', async () => {
  const token = 'admin:admin';
  const network = await face.create('network', { name: 'outside', 'router:external': true }, token);
  await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '172.31.0.0/24' }, token);
  const floating = { floatingip: { floating_network_id: network.id } };
  const taken = await face.send('POST', '/v2.0/floatingips', { json: floating });
  expect(taken.status).toBe(201);
  expect((await face.send('DELETE', `/v2.0/networks/${network.id}`, { token })).status).toBe(204);
  expect((await face.send('GET', `/v2.0/floatingips/${taken.json['floatingip']?.id}`)).status).toBe(404);
});
