/** Security groups and networks by way of compute, over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openOperatorFace, type OperatorFace } from '../../../test/support/operator-face.ts';
import { insertNetwork, insertSubnet } from '../../db/stores/network/networks.ts';
import { systemIds } from '../../lib/clock/ids.ts';

let database: TestDatabase;
let face: OperatorFace;
let group: string;
const network = systemIds.uuid();
const NOBODY = '5a5e6863-e4f8-4a71-8da1-adeff9c4cb79';

beforeAll(async () => {
  database = await createTestDatabase();
  face = await openOperatorFace(database);
  await insertNetwork(database.db, { id: network, project_id: 'd0', name: 'mine', mtu: 1400 });
  await insertSubnet(database.db, {
    id: systemIds.uuid(),
    network_id: network,
    project_id: 'd0',
    name: 'mine',
    ip_version: 4,
    cidr: '10.1.0.0/24',
    gateway_ip: '10.1.0.1',
    enable_dhcp: true,
    allocation_pools: '[]',
    dns_nameservers: '["9.9.9.9"]',
    host_routes: '[]',
  });
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
});

const asDemo = (method: string, path: string, body?: unknown) => face.ask(method, path, { as: 'demo', body });
const names = async (query = '', as: 'demo' | 'admin' = 'demo') =>
  (await face.ask('GET', `/os-security-groups${query}`, { as })).body.security_groups.map(({ name }: { name: string }) => name).sort();
const makeGroup = (name: string, description = 'd') => asDemo('POST', '/os-security-groups', { security_group: { name, description } });
const addRule = (rule: object) => asDemo('POST', '/os-security-group-rules', { security_group_rule: { parent_group_id: group, ...rule } });

test('security groups are made, listed, shown, changed and deleted', async () => {
  const made = await makeGroup('web');
  expect(made).toMatchObject({ status: 200, body: { security_group: { name: 'web', description: 'd', tenant_id: 'd0', rules: [] } } });
  group = made.body.security_group.id;
  expect([await names(), await names('?limit=1'), await names('', 'admin')]).toEqual([
    ['default', 'web'],
    [expect.anything()],
    ['default'],
  ]);
  expect(await names('?all_tenants=1', 'admin')).toEqual(['default', 'default', 'web']);
  const changed = await asDemo('PUT', `/os-security-groups/${group}`, { security_group: { name: 'webs', description: '' } });
  expect([changed.status, changed.body.security_group.name]).toEqual([200, 'webs']);
  expect((await asDemo('GET', `/os-security-groups/${group}`)).body.security_group.name).toBe('webs');
  const { body } = await makeGroup('brief');
  expect((await asDemo('DELETE', `/os-security-groups/${body.security_group.id}`)).status).toBe(202);
});

test('what is wrong with a group is 400, what is missing 404', async () => {
  const [defaultGroup] = (await asDemo('GET', '/os-security-groups')).body.security_groups.filter(
    ({ name }: { name: string }) => name === 'default',
  );
  const statuses = await Promise.all([
    makeGroup('  '),
    makeGroup('x'.repeat(256)),
    makeGroup('x', 'x'.repeat(256)),
    makeGroup('default'),
    asDemo('DELETE', `/os-security-groups/${defaultGroup.id}`),
    asDemo('GET', '/os-security-groups/no-id'),
    asDemo('GET', `/os-security-groups/${NOBODY}`),
    asDemo('DELETE', `/os-security-groups/${NOBODY}`),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400, 404, 404]);
  expect((await face.ask('GET', '/os-security-groups', { at: '2.36' })).status).toBe(404);
  expect((await asDemo('DELETE', '/os-security-groups/')).status).toBe(404);
  expect((await face.ask('GET', '/os-simple-tenant-usage/')).status).toBe(404);
});

test('rules let in a range or a group; bad ones are refused', async () => {
  const ssh = { ip_protocol: 'TCP', from_port: '22', to_port: 22 };
  const made = await addRule(ssh);
  expect([made.status, made.body.security_group_rule]).toEqual([
    200,
    {
      id: expect.any(String),
      parent_group_id: group,
      ip_protocol: 'tcp',
      from_port: 22,
      to_port: 22,
      group: {},
      ip_range: { cidr: '0.0.0.0/0' },
    },
  ]);
  const peer = await addRule({ group_id: group });
  expect(peer.body.security_group_rule).toMatchObject({ group: { name: 'webs', tenant_id: 'd0' }, ip_range: {}, ip_protocol: null });
  expect((await addRule({ ip_protocol: 'icmp', from_port: -1, to_port: -1, cidr: '10.0.0.0/8' })).body.security_group_rule).toMatchObject({
    from_port: -1,
    to_port: -1,
  });
  const ranged = await addRule({ ...ssh, from_port: 1, to_port: 2, cidr: '10.2.3.124/24' });
  expect(ranged.body.security_group_rule.ip_range).toEqual({ cidr: '10.2.3.124/24' });
  const refused = [ssh, {}, { ...ssh, ip_protocol: 'gre' }, { ...ssh, from_port: 23 }, { ...ssh, to_port: 65_536 }, { ...ssh, cidr: 'x' }];
  for (const rule of refused) expect([rule, (await addRule(rule)).status]).toEqual([rule, 400]);
  expect((await addRule({ ...ssh, parent_group_id: NOBODY })).status).toBe(404);
  expect((await addRule({ ...ssh, parent_group_id: 'x' })).status).toBe(400);
  expect((await asDemo('DELETE', `/os-security-group-rules/${made.body.security_group_rule.id}`)).status).toBe(202);
  expect((await asDemo('DELETE', `/os-security-group-rules/${NOBODY}`)).status).toBe(404);
});

test('operators set the rules that default groups of new projects get', async () => {
  const path = '/os-security-group-default-rules';
  const rule = { ip_protocol: 'TCP', from_port: '80', to_port: '80', cidr: '10.10.10.0/24' };
  const add = (asked: object) => face.ask('POST', path, { body: { security_group_default_rule: asked } });
  const made = await add(rule);
  const shown = { id: expect.any(Number), ip_protocol: 'tcp', from_port: 80, to_port: 80, ip_range: { cidr: '10.10.10.0/24' } };
  expect([made.status, made.body]).toEqual([200, { security_group_default_rule: shown }]);
  const one = `${path}/${made.body.security_group_default_rule.id}`;
  expect((await face.ask('GET', one)).body).toEqual(made.body);
  const ping = await add({ ip_protocol: 'icmp', from_port: -1, to_port: -1 });
  expect(ping.body.security_group_default_rule).toMatchObject({ from_port: -1, to_port: -1, ip_range: { cidr: '0.0.0.0/0' } });
  expect((await face.ask('GET', path)).body.security_group_default_rules).toHaveLength(2);

  // The groups of the other projects are there already; this is the first that this project hears of its own.
  const { body } = await face.ask('GET', '/os-security-groups', { as: 'other' });
  const told = body.security_groups[0].rules.filter(({ ip_range }: { ip_range: { cidr?: string } }) => ip_range.cidr !== undefined);
  expect(told).toMatchObject([
    { ip_protocol: 'tcp', from_port: 80, to_port: 80, ip_range: { cidr: '10.10.10.0/24' } },
    { ip_protocol: 'icmp', from_port: -1, to_port: -1 },
  ]);

  const refused = await Promise.all([
    add(rule),
    add({}),
    add({ ...rule, ip_protocol: 'gre' }),
    add({ ...rule, to_port: 79 }),
    add({ ...rule, cidr: 'x' }),
    face.ask('GET', `${path}/none`),
    face.ask('GET', `${path}/99`),
    face.ask('DELETE', `${path}/99`),
    asDemo('GET', path),
    face.ask('GET', path, { at: '2.36' }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([409, 400, 400, 400, 400, 400, 404, 404, 403, 404]);
  expect(refused[0]?.body.conflictingRequest.message).toBe('This default rule already exists.');
  expect(refused[6]?.body.itemNotFound.message).toBe('Security group default rule (99) not found.');
  expect((await face.ask('DELETE', one)).status).toBe(204);
  expect((await face.ask('GET', one)).status).toBe(404);
});

test('networks show their addresses; who administers also sees what Nova had', async () => {
  const shown = {
    id: network,
    label: 'mine',
    cidr: '10.1.0.0/24',
    netmask: '255.255.255.0',
    gateway: '10.1.0.1',
    dns1: '9.9.9.9',
    cidr_v6: null,
  };
  const { body } = await asDemo('GET', '/os-networks');
  expect(body.networks).toEqual([expect.objectContaining(shown)]);
  expect(body.networks[0]).not.toHaveProperty('vlan');
  expect((await face.ask('GET', `/os-networks/${network}`)).body.network).toMatchObject({
    ...shown,
    vlan: null,
    project_id: 'd0',
    mtu: 1400,
  });
  const tenant = { id: network, label: 'mine', cidr: '10.1.0.0/24' };
  expect((await asDemo('GET', '/os-tenant-networks')).body).toEqual({ networks: [tenant] });
  expect((await asDemo('GET', `/os-tenant-networks/${network}`)).body).toEqual({ network: tenant });
  expect((await face.ask('GET', `/os-tenant-networks/${network}`, { as: 'other' })).status).toBe(404);
  expect((await face.ask('GET', '/os-networks', { at: '2.36' })).status).toBe(404);
});

test('a project makes and deletes networks with a subnet', async () => {
  const make = (asked: object) => asDemo('POST', '/os-tenant-networks', { network: { label: 'made', ...asked } });
  const made = await make({ cidr: '10.9.0.0/24' });
  const { id } = made.body.network;
  expect([made.status, made.body]).toEqual([200, { network: { id, label: 'made', cidr: '10.9.0.0/24' } }]);
  expect((await asDemo('GET', `/os-networks/${id}`)).body.network).toMatchObject({ cidr: '10.9.0.0/24', gateway: '10.9.0.1' });
  const v6 = await make({ cidr_v6: 'fd00:9::/64' });
  expect(v6.body.network.cidr).toBe('fd00:9::/64');
  // A prefix without room for a gateway: the network goes again with the subnet that could not be made.
  const refused = [
    {},
    { cidr: 'x' },
    { cidr: '10.9.0.0/24', cidr_v6: 'fd00:9::/64' },
    { cidr: '10.9.0.0/24', vlan_start: '1' },
    { cidr: '10.9.0.0/32' },
  ];
  for (const asked of refused) expect([asked, (await make(asked)).status]).toEqual([asked, 400]);
  const deleted = [
    await face.ask('DELETE', `/os-tenant-networks/${id}`, { as: 'other' }),
    await asDemo('DELETE', `/os-networks/${v6.body.network.id}`),
    await face.ask('DELETE', `/os-networks/${v6.body.network.id}`),
    await asDemo('DELETE', `/os-tenant-networks/${id}`),
    await asDemo('DELETE', `/os-tenant-networks/${id}`),
  ];
  expect(deleted.map(({ status }) => status)).toEqual([404, 403, 202, 202, 404]);
  const { networks } = (await asDemo('GET', '/os-tenant-networks')).body;
  expect(networks.map(({ label }: { label: string }) => label)).toEqual(['mine']);
});

test('administrators make networks for all projects, give them to one, and take them back', async () => {
  const make = (asked: object) => face.ask('POST', '/os-networks', { body: { network: { label: 'provided', ...asked } } });
  const range = { cidr: '10.8.0.0/24', gateway: '10.8.0.9', allowed_start: '10.8.0.10', allowed_end: '10.8.0.20', dns1: '9.9.9.9' };
  const made = await make({ ...range, mtu: 1400, enable_dhcp: false, dhcp_server: '10.8.0.3', multi_host: true, share_address: true });
  const { id } = made.body.network;
  const shown = { label: 'provided', cidr: '10.8.0.0/24', gateway: '10.8.0.9', dns1: '9.9.9.9', mtu: 1400 };
  expect([made.status, made.body.network]).toEqual([200, expect.objectContaining(shown)]);
  const sees = async (as: 'demo' | 'other') => (await face.ask('GET', `/os-networks/${id}`, { as })).status;
  expect([await sees('demo'), await sees('other')]).toEqual([200, 200]);

  expect((await face.ask('POST', '/os-networks/add', { body: { id } })).status).toBe(202);
  expect([await sees('demo'), await sees('other')]).toEqual([404, 404]);
  // It is no longer free.
  expect((await face.ask('POST', '/os-networks/add', { body: { id } })).status).toBe(400);
  expect((await face.ask('POST', `/os-networks/${id}/action`, { body: { disassociate: null } })).status).toBe(202);
  expect(await sees('demo')).toBe(200);

  const own = await make({ cidr_v6: 'fd00:8::/64', project_id: 'd0' });
  expect((await face.ask('GET', `/os-networks/${own.body.network.id}`, { as: 'demo' })).body.network.cidr_v6).toBe('fd00:8::/64');
  const act = (body: object) => face.ask('POST', `/os-networks/${id}/action`, { body });
  const refused = await Promise.all([
    make({}),
    make({ ...range, vlan: 7 }),
    make({ cidr: '10.8.0.0/24', allowed_start: '10.8.0.10' }),
    make({ ...range, multi_host: false }),
    make({ ...range, share_address: false }),
    make({ ...range, dhcp_server: '10.8.0.3' }),
    asDemo('POST', '/os-networks', { network: { label: 'x', cidr: '10.8.0.0/24' } }),
    face.ask('POST', '/os-networks/add', { body: { id: NOBODY } }),
    asDemo('POST', '/os-networks/add', { id }),
    act({ associate_host: 'here' }),
    act({ disassociate_host: null }),
    asDemo('POST', `/os-networks/${id}/action`, { disassociate: null }),
    face.ask('POST', `/os-networks/${NOBODY}/action`, { body: { disassociate_project: null } }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400, 403, 400, 403, 501, 501, 403, 404]);
  for (const gone of [id, own.body.network.id]) expect((await face.ask('DELETE', `/os-networks/${gone}`)).status).toBe(202);
});

test('there are no bare-metal nodes, and the bare-metal service would change them', async () => {
  const path = `/os-baremetal-nodes/${NOBODY}`;
  expect((await face.ask('GET', '/os-baremetal-nodes')).body).toEqual({ nodes: [] });
  const answers = await Promise.all([
    face.ask('GET', path),
    asDemo('GET', '/os-baremetal-nodes'),
    asDemo('POST', '/os-baremetal-nodes', { node: {} }),
    asDemo('DELETE', path),
    asDemo('POST', `${path}/action`, { add_interface: { address: 'a' } }),
    face.ask('GET', '/os-baremetal-nodes', { at: '2.36' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 403, 400, 400, 400, 404]);
  expect(answers[3]?.body.badRequest.message).toBe('Command Not supported. Please use Ironic command node-delete to perform this action.');
});

test('floating IPs are taken from a pool, shown, led to servers and given back', async () => {
  const outside = systemIds.uuid();
  await insertNetwork(database.db, { id: outside, project_id: 'admins', name: 'public', external: true, mtu: 1400 });
  await insertSubnet(database.db, {
    id: systemIds.uuid(),
    network_id: outside,
    project_id: 'admins',
    name: 'public',
    ip_version: 4,
    cidr: '172.24.4.0/24',
    gateway_ip: '172.24.4.1',
    enable_dhcp: false,
    allocation_pools: '[{"start": "172.24.4.9", "end": "172.24.4.9"}]',
    dns_nameservers: '[]',
    host_routes: '[]',
  });
  expect((await asDemo('GET', '/os-floating-ip-pools')).body).toEqual({ floating_ip_pools: [{ name: 'public' }] });
  expect((await asDemo('POST', '/os-floating-ips', { pool: 'none' })).body).toMatchObject({
    itemNotFound: { code: 404, message: 'Floating IP pool not found.' },
  });
  const made = await asDemo('POST', '/os-floating-ips');
  const { id } = made.body.floating_ip;
  expect(made.body).toEqual({ floating_ip: { id, ip: '172.24.4.9', pool: 'public', fixed_ip: null, instance_id: null } });
  expect((await asDemo('POST', '/os-floating-ips', { pool: 'public' })).body).toMatchObject({
    itemNotFound: { message: 'No more floating IPs in pool public.' },
  });
  expect((await asDemo('GET', '/os-floating-ips')).body).toEqual({ floating_ips: [made.body.floating_ip] });
  expect((await face.ask('GET', `/os-floating-ips/${id}`, { as: 'other' })).status).toBe(404);
  expect((await asDemo('DELETE', `/os-floating-ips/${id}`)).status).toBe(202);
  expect((await asDemo('GET', `/os-floating-ips/${id}`)).status).toBe(404);
  expect((await face.ask('GET', '/os-floating-ips', { at: '2.36' })).status).toBe(404);
});
