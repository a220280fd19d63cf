import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, startNetworkFace } from './test-face.ts';

const ADMIN = 'root:admin';
const BOB = 'bob:member';
let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace();
});
afterAll(() => face?.close());

const post = (kind: string, json: object, token?: string) =>
  face.send('POST', `/v2.0/${kind.replaceAll('_', '-')}s`, { json: { [kind]: json }, ...(token !== undefined && { token }) });
const pool = (more: object, token?: string) => face.create('subnetpool', { name: 'p', ...more }, token);
const cut = async (more: object, token?: string) => {
  const network = await face.create('network', { name: 'cut' }, token);
  return await post('subnet', { network_id: network.id, ...more }, token);
};
const refusal = ({ status, json }: Awaited<ReturnType<typeof post>>) => [status, json['NeutronError']?.['type']];

test('subnets are cut from a pool, the lowest free prefix first, until it is empty', async () => {
  const { id: subnetpool_id, ...shown } = await pool({
    prefixes: ['10.0.0.0/24', '10.0.1.0/24'],
    default_prefixlen: 24,
    min_prefixlen: 24,
  });
  expect(shown).toMatchObject({
    prefixes: ['10.0.0.0/23'],
    ip_version: 4,
    default_prefixlen: '24',
    min_prefixlen: '24',
    max_prefixlen: '32',
    is_default: false,
    shared: false,
    default_quota: null,
    address_scope_id: null,
  });
  const first = await cut({ subnetpool_id });
  expect(first.json['subnet']).toMatchObject({ cidr: '10.0.0.0/24', subnetpool_id, gateway_ip: '10.0.0.1', ip_version: 4 });
  expect((await cut({ subnetpool_id, prefixlen: 26 })).json['subnet']).toMatchObject({ cidr: '10.0.1.0/26' });
  expect((await cut({ subnetpool_id, cidr: '10.0.1.64/26', ip_version: 4 })).status).toBe(201);
  expect(refusal(await cut({ subnetpool_id, cidr: '10.0.1.64/27' }))).toEqual([409, 'SubnetAllocationError']);
  expect(refusal(await cut({ subnetpool_id }))).toEqual([409, 'SubnetAllocationError']);
  expect(refusal(await cut({ subnetpool_id, prefixlen: 20 }))).toEqual([400, 'MinPrefixSubnetAllocationError']);
  expect(refusal(await face.send('DELETE', `/v2.0/subnetpools/${subnetpool_id}`))).toEqual([400, 'SubnetPoolDeleteError']);
  await face.send('DELETE', `/v2.0/subnets/${first.json['subnet']?.id}`);
  expect((await cut({ subnetpool_id })).json['subnet']).toMatchObject({ cidr: '10.0.0.0/24' });
});

test('subnets of one version on a network are of one pool', async () => {
  const [one, other] = [await pool({ prefixes: ['10.1.0.0/16'], default_prefixlen: 24 }), await pool({ prefixes: ['10.2.0.0/16'] })];
  const network = await face.create('network', { name: 'mixed' });
  const on = (more: object) => post('subnet', { network_id: network.id, ...more });
  expect((await on({ subnetpool_id: one.id })).status).toBe(201);
  expect((await on({ subnetpool_id: one.id })).status).toBe(201);
  expect(refusal(await on({ subnetpool_id: other.id, prefixlen: 24 }))).toEqual([400, 'NetworkSubnetPoolAffinityError']);
  expect(refusal(await on({ ip_version: 4, cidr: '10.9.0.0/24' }))).toEqual([400, 'NetworkSubnetPoolAffinityError']);
});

test('a project takes no more than its quota of a pool', async () => {
  const shared = await pool({ prefixes: ['10.3.0.0/16'], default_prefixlen: 24, default_quota: 512, shared: true }, ADMIN);
  for (const status of [201, 201]) expect((await cut({ subnetpool_id: shared.id }, BOB)).status).toBe(status);
  expect(refusal(await cut({ subnetpool_id: shared.id }, BOB))).toEqual([409, 'SubnetPoolQuotaExceeded']);
  expect((await cut({ subnetpool_id: shared.id })).status).toBe(201);
});

test('the default pool serves whoever asks for it', async () => {
  const asked = { use_default_subnetpool: true, ip_version: 6 };
  expect((await cut(asked)).status).toBe(400);
  expect((await post('subnetpool', { name: 'd', prefixes: ['fd00::/48'], is_default: true })).status).toBe(403);
  const usual = await pool({ prefixes: ['fd00::/48'], default_prefixlen: 64, is_default: true, shared: true }, ADMIN);
  expect((await cut(asked)).json['subnet']).toMatchObject({ cidr: 'fd00::/64', subnetpool_id: usual.id });
  expect((await post('subnetpool', { name: 'e', prefixes: ['fd01::/48'], is_default: true }, ADMIN)).status).toBe(400);
});

test('a default pool that is shared with nobody serves its own project', async () => {
  const asked = { use_default_subnetpool: true, ip_version: 4 };
  const own = await pool({ prefixes: ['10.8.0.0/16'], default_prefixlen: 24, is_default: true }, ADMIN);
  expect((await cut(asked, BOB)).status).toBe(400);
  expect((await cut(asked, ADMIN)).json['subnet']).toMatchObject({ subnetpool_id: own.id });
});

test('prefixes are added, and taken away while they are free', async () => {
  const { id } = await pool({ prefixes: ['10.4.0.0/24'], default_prefixlen: 26 });
  await cut({ subnetpool_id: id });
  const change = (what: string, prefixes: string[]) => face.send('PUT', `/v2.0/subnetpools/${id}/${what}`, { json: { prefixes } });
  expect((await change('add_prefixes', ['10.4.1.0/24'])).json).toEqual({ prefixes: ['10.4.0.0/23'] });
  expect(refusal(await change('remove_prefixes', ['10.4.0.0/25']))).toEqual([400, 'IllegalSubnetPoolPrefixUpdate']);
  expect(refusal(await change('remove_prefixes', ['10.5.0.0/24']))).toEqual([400, 'IllegalSubnetPoolPrefixUpdate']);
  expect((await change('remove_prefixes', ['10.4.1.0/24'])).json).toEqual({ prefixes: ['10.4.0.0/24'] });
  const shrunk = await face.send('PUT', `/v2.0/subnetpools/${id}`, { json: { subnetpool: { prefixes: ['10.4.0.0/25'] } } });
  expect(refusal(shrunk)).toEqual([400, 'IllegalSubnetPoolPrefixUpdate']);
});

test('no address is twice in a scope, and a network shows the scope of its subnets', async () => {
  const scope = await face.create('address_scope', { name: 's', ip_version: 4 });
  const inScope = await pool({ prefixes: ['10.6.0.0/16'], default_prefixlen: 24, address_scope_id: scope.id });
  const twice = { name: 'q', prefixes: ['10.6.1.0/24'], address_scope_id: scope.id };
  expect(refusal(await post('subnetpool', twice))).toEqual([409, 'AddressScopePrefixConflict']);
  const six = { name: 'q', prefixes: ['fd02::/48'], address_scope_id: scope.id };
  expect((await post('subnetpool', six)).status).toBe(400);
  expect(refusal(await face.send('DELETE', `/v2.0/address-scopes/${scope.id}`))).toEqual([409, 'AddressScopeInUse']);
  const subnet = await cut({ subnetpool_id: inScope.id });
  const path = `/v2.0/networks/${subnet.json['subnet']?.['network_id']}`;
  expect((await face.send('GET', path)).json['network']).toMatchObject({ ipv4_address_scope: scope.id, ipv6_address_scope: null });
  expect(await face.list(`/v2.0/networks?ipv4_address_scope=${scope.id}`)).toHaveLength(1);
  expect((await face.send('GET', `/v2.0/address-scopes/${scope.id}`, { token: BOB })).status).toBe(404);
  const shared = { address_scope: { shared: true } };
  expect((await face.send('PUT', `/v2.0/address-scopes/${scope.id}`, { json: shared })).status).toBe(403);
  expect((await face.send('PUT', `/v2.0/address-scopes/${scope.id}`, { json: shared, token: ADMIN })).status).toBe(200);
  expect((await face.send('GET', `/v2.0/address-scopes/${scope.id}`, { token: BOB })).json['address_scope']).toMatchObject({
    name: 's',
    ip_version: 4,
    shared: true,
  });
});

test.each([
  [{ prefixes: ['x'] }, 'HTTPBadRequest'],
  [{ prefixes: ['10.0.0.0/8', 'fd00::/8'] }, 'PrefixVersionMismatch'],
  [{ prefixes: ['10.0.0.0/8'], min_prefixlen: 30, max_prefixlen: 20 }, 'IllegalSubnetPoolPrefixBounds'],
  [{ prefixes: ['10.0.0.0/8'], default_prefixlen: 4 }, 'IllegalSubnetPoolPrefixBounds'],
  [{ prefixes: ['10.0.0.0/8'], max_prefixlen: 64 }, 'IllegalSubnetPoolPrefixBounds'],
])('a pool that makes no sense is refused: %j', async (said, type) => {
  const answer = await post('subnetpool', { name: 'bad', ...said });
  expect(answer.status).toBe(400);
  if (type !== 'HTTPBadRequest') expect(refusal(answer)).toEqual([400, type]);
});

test('operators see how many addresses networks have left', async () => {
  const network = await face.create('network', { name: 'counted' });
  const range = { network_id: network.id, ip_version: 4, cidr: '10.7.0.0/28' };
  const subnet = await face.create('subnet', { ...range, allocation_pools: [{ start: '10.7.0.4', end: '10.7.0.7' }] });
  await face.create('subnet', { network_id: network.id, ip_version: 6, cidr: 'fd07::/120' });
  await face.create('port', { network_id: network.id, fixed_ips: [{ subnet_id: subnet.id }] });
  const path = `/v2.0/network-ip-availabilities`;
  const [four] = await face.list(`${path}?network_name=counted&ip_version=4`, ADMIN);
  expect(four).toMatchObject({
    network_id: network.id,
    network_name: 'counted',
    project_id: 'alice',
    total_ips: 4,
    used_ips: 1,
    subnet_ip_availability: [{ subnet_id: subnet.id, cidr: '10.7.0.0/28', ip_version: 4, total_ips: 4, used_ips: 1 }],
  });
  const both = (await face.send('GET', `${path}/${network.id}`, { token: ADMIN })).json['network_ip_availability'];
  expect(both).toMatchObject({ total_ips: 4 + 254, used_ips: 1 });
  expect((await face.send('GET', path)).status).toBe(403);
  expect((await face.send('GET', `${path}?ip_version=5`, { token: ADMIN })).status).toBe(400);
});
