import { afterAll, beforeAll, expect, test } from 'vitest';
import { noNetworkLimits } from '../../../network/books/quota.ts';
import { type NetworkFace, startNetworkFace } from './test-face.ts';

let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace({ quotaLimits: { ...noNetworkLimits, network: 3 } });
});
afterAll(() => face?.close());

const post = (path: string, json: unknown, token: string) => face.send('POST', `/v2.0/${path}`, { token, json });
const namesOf = async (path: string, token: string) => (await face.list(`/v2.0/${path}`, token)).map(({ name }) => name);

const subnet = (network_id: string | undefined, cidr: string) => ({ network_id, ip_version: 4, cidr });

test('networks, subnets, ports and rules are made many at once, in the order of the request', async () => {
  const token = 'many:member';
  const networks = await post('networks', { networks: [{ name: 'a' }, { name: 'b' }] }, token);
  expect([networks.status, networks.json]).toMatchObject([201, { networks: [{ name: 'a' }, { name: 'b' }] }]);
  const [a, b] = await face.list('/v2.0/networks?sort_key=name', token);
  const subnets = await post('subnets', { subnets: [subnet(b?.id, '10.2.0.0/24'), subnet(a?.id, '10.1.0.0/24')] }, token);
  expect([subnets.status, subnets.json]).toMatchObject([201, { subnets: [{ network_id: b?.id }, { network_id: a?.id }] }]);
  const ports = await post('ports', { ports: [{ network_id: b?.id }, { network_id: a?.id }, { network_id: b?.id }] }, token);
  const addresses = ['10.2.0.2', '10.1.0.2', '10.2.0.3'].map((ip_address) => ({ fixed_ips: [{ ip_address }] }));
  expect([ports.status, ports.json]).toMatchObject([201, { ports: addresses }]);
  const group = await face.create('security_group', { name: 'g' }, token);
  const rule = { security_group_id: group.id, direction: 'ingress' };
  const both = {
    security_group_rules: [
      { ...rule, protocol: 'tcp' },
      { ...rule, protocol: 'udp' },
    ],
  };
  const rules = await post('security-group-rules', both, token);
  expect([rules.status, rules.json]).toMatchObject([201, { security_group_rules: [{ protocol: 'tcp' }, { protocol: 'udp' }] }]);
  expect((await post('security-group-rules', both, token)).status).toBe(409);
});

test('when one of many cannot be made none is', async () => {
  const token = 'none:member';
  const network = await face.create('network', { name: 'whole' }, token);
  const overlapping = { subnets: [subnet(network.id, '10.1.0.0/24'), subnet(network.id, '10.1.0.128/25')] };
  expect((await post('subnets', overlapping, token)).status).toBe(400);
  expect(await namesOf('subnets?tenant_id=none', token)).toEqual([]);
  await face.create('subnet', subnet(network.id, '10.1.0.0/24'), token);
  const sameAddress = { network_id: network.id, fixed_ips: [{ ip_address: '10.1.0.9' }] };
  expect((await post('ports', { ports: [sameAddress, sameAddress] }, token)).status).toBe(409);
  expect(await namesOf('ports', token)).toEqual([]);
  const overQuota = await post('networks', { networks: [{}, {}, {}] }, token);
  expect([overQuota.status, overQuota.json]).toMatchObject([409, { NeutronError: { type: 'OverQuota' } }]);
  expect(await namesOf('networks?tenant_id=none', token)).toEqual(['whole']);
});

test('what a project may not do once it may not do among many', async () => {
  const theirs = await face.create('network', { name: 'theirs' }, 'owner:member');
  await face.create('subnet', { network_id: theirs.id, ip_version: 4, cidr: '10.9.0.0/24' }, 'owner:member');
  const group = await face.create('security_group', { name: 'theirs' }, 'owner:member');
  const token = 'thief:member';
  const mine = await face.create('network', { name: 'mine' }, token);
  const cidr = { ip_version: 4, cidr: '10.8.0.0/24' };
  const rule = { security_group_id: group.id, direction: 'ingress' };
  const tries: readonly [path: string, json: object, status: number][] = [
    ['networks', { networks: [{}, { tenant_id: 'owner' }] }, 403],
    ['networks', { networks: [{}, { shared: true }] }, 403],
    [
      'subnets',
      {
        subnets: [
          { network_id: mine.id, ...cidr },
          { network_id: theirs.id, ...cidr },
        ],
      },
      404,
    ],
    ['ports', { ports: [{ network_id: mine.id }, { network_id: theirs.id }] }, 404],
    ['ports', { ports: [{ network_id: mine.id, tenant_id: 'owner' }] }, 403],
    ['security-group-rules', { security_group_rules: [rule] }, 404],
  ];
  for (const [path, json, status] of tries) expect([path, json, (await post(path, json, token)).status]).toEqual([path, json, status]);
  expect(await namesOf('networks?tenant_id=thief', token)).toEqual(['mine']);
  expect(await namesOf('ports', token)).toEqual([]);
  expect(await namesOf('subnets', token)).toEqual([]);
});

test.each<unknown>([
  { networks: [] },
  { networks: {} },
  { networks: [7] },
  { networks: [{ colour: 'red' }] },
  { networks: [{}], network: {} },
  { networks: Array.from({ length: 101 }, () => ({})) },
  { network: [{}] },
  [],
])('the body %j is refused', async (json) => {
  expect((await post('networks', json, 'wrong:member')).status).toBe(400);
});
