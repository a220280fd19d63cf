import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

let face: NetworkFace;
let network: Resource;
let subnet: Resource;
let group: Resource;
beforeAll(async () => {
  face = await startNetworkFace();
  network = await face.create('network', { name: 'n' });
  subnet = await face.create('subnet', {
    network_id: network.id,
    ip_version: '4',
    cidr: '10.70.0.0/24',
    dns_nameservers: ['9.9.9.9'],
    host_routes: [{ destination: '10.99.0.0/16', nexthop: '10.70.0.9' }],
  });
  group = await face.create('security_group', { name: 'g' });
});
afterAll(() => face?.close());

/** Every kind of body: the path of an update, or the kind of a thing to create. */
const answerTo = (what: string, json: object) =>
  what.startsWith('PUT ')
    ? face.send('PUT', `/v2.0/${what.slice(4)}`, { token: 'alice:admin', json: { [what.replace(/^PUT (.+?)s?\/.*$/, '$1')]: json } })
    : face.send('POST', `/v2.0/${what.replaceAll('_', '-')}s`, { json: { [what]: { ...basis(what), ...json } } });

function basis(kind: string): object {
  if (kind === 'security_group_rule') return { security_group_id: group.id, direction: 'ingress' };
  return kind === 'network' ? {} : { network_id: network.id };
}

const tcp = { protocol: 'tcp' };

// Fault 2026-11 A7.
test.each<[what: string, json: object, shown: object]>([
  ['security_group_rule', { ...tcp, port_range_min: '22', port_range_max: '22' }, { port_range_min: 22, port_range_max: 22 }],
  ['security_group_rule', { ...tcp, port_range_min: ' 23 ', port_range_max: 24.9 }, { port_range_min: 23, port_range_max: 24 }],
  ['security_group_rule', { protocol: 'udp', ethertype: 'IPV6' }, { ethertype: 'IPv6' }],
  [
    'network',
    { admin_state_up: 'False', port_security_enabled: '0', mtu: '1400' },
    { admin_state_up: false, port_security_enabled: false, mtu: 1400 },
  ],
  ['network', { admin_state_up: 0, port_security_enabled: 'yes' }, { admin_state_up: false, port_security_enabled: true }],
  ['subnet', { ip_version: '6', cidr: 'fd00:70::/64', enable_dhcp: 'off' }, { ip_version: 6, enable_dhcp: false }],
  ['port', { admin_state_up: 'off', allowed_address_pairs: null }, { admin_state_up: false, allowed_address_pairs: [] }],
  ['PUT quotas/alice', { network: '77', port: '-1' }, { network: 77, port: -1 }],
])('%s with %j is converted to %j', async (what, json, shown) => {
  const answer = await answerTo(what, json);
  expect([answer.status < 300, Object.values(answer.json)]).toMatchObject([true, [shown]]);
});

// Fault 2026-11 A7.
test('the words of a list of things are converted as well, and null takes name servers and routes away', async () => {
  const many = await face.send('POST', '/v2.0/networks', { json: { networks: [{ admin_state_up: 'no' }, { shared: 'false' }] } });
  expect([many.status, many.json]).toMatchObject([201, { networks: [{ admin_state_up: false }, { shared: false }] }]);
  expect(subnet).toMatchObject({ dns_nameservers: ['9.9.9.9'], host_routes: [{ destination: '10.99.0.0/16' }] });
  const json = { subnet: { dns_nameservers: null, host_routes: null } };
  const bare = await face.send('PUT', `/v2.0/subnets/${subnet.id}`, { json });
  expect([bare.status, bare.json]).toMatchObject([200, { subnet: { dns_nameservers: [], host_routes: [] } }]);
});

// Fault 2026-11 A7.
test.each<[what: string, json: object, says: string]>([
  ['security_group_rule', { ...tcp, port_range_min: 'ssh', port_range_max: 'ssh' }, 'port_range_min'],
  ['security_group_rule', { ...tcp, port_range_min: '22', port_range_max: '65536' }, '65536'],
  ['security_group_rule', { ...tcp, ethertype: 'IPv5' }, 'ethertype'],
  ['network', { admin_state_up: 'maybe' }, 'admin_state_up'],
  ['network', { admin_state_up: null }, 'admin_state_up'],
  ['network', { name: 7 }, 'name'],
  ['network', { mtu: '67' }, 'mtu'],
  ['subnet', { ip_version: '5', cidr: '10.71.0.0/24' }, 'ip_version'],
  ['PUT quotas/alice', { network: '-2' }, 'network'],
])('%s with %j cannot be converted', async (what, json, says) => {
  const answer = await answerTo(what, json);
  expect([answer.status, answer.json]).toMatchObject([400, { NeutronError: { message: expect.stringContaining(says) } }]);
});

// Fault 2026-11 A7.
test('filters by booleans take every spelling, and no other word', async () => {
  const off = async (text: string) =>
    (await face.list(`/v2.0/networks?admin_state_up=${text}&fields=admin_state_up`)).map(Object.values).flat();
  for (const text of ['no', 'False', '0', 'off']) expect(new Set(await off(text))).toEqual(new Set([false]));
  expect((await face.send('GET', '/v2.0/networks?admin_state_up=maybe')).status).toBe(400);
});
