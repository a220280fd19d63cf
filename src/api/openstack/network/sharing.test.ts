import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

const ADMIN = 'root:admin';
const ALICE = 'alice:member';
const BOB = 'bob:member';
const EVE = 'eve:member';
let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace();
});
afterAll(() => face?.close());

const statusOf = async (path: string, token: string) => (await face.send('GET', path, { token })).status;
const lend = (object_type: string, { id: object_id }: Resource, target_tenant: string, token = ALICE) =>
  face.send('POST', '/v2.0/rbac-policies', {
    token,
    json: { rbac_policy: { object_type, object_id, target_tenant, action: 'access_as_shared' } },
  });
const policyIn = ({ json }: Awaited<ReturnType<typeof lend>>) => json['rbac_policy'] ?? { id: '', name: '' };
const refusal = ({ status, json }: Awaited<ReturnType<typeof lend>>) => [status, json['NeutronError']?.['type']];

test('a network is used by those whom its owner lets, and by nobody else', async () => {
  const network = await face.create('network', { name: 'lent' });
  const subnet = await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.71.0.0/24' });
  const paths = [`/v2.0/networks/${network.id}`, `/v2.0/subnets/${subnet.id}`];
  for (const path of paths) expect([path, await statusOf(path, BOB)]).toEqual([path, 404]);
  const policy = policyIn(await lend('network', network, 'bob'));
  for (const path of paths) expect([path, await statusOf(path, BOB), await statusOf(path, EVE)]).toEqual([path, 200, 404]);
  expect(await face.list('/v2.0/networks?shared=true', BOB)).toMatchObject([{ id: network.id, shared: true }]);
  expect(await face.list(`/v2.0/networks?id=${network.id}`, ALICE)).toMatchObject([{ shared: false }]);
  expect((await face.send('PUT', `/v2.0/networks/${network.id}`, { token: BOB, json: { network: { name: 'mine' } } })).status).toBe(403);
  const port = await face.create('port', { network_id: network.id }, BOB);
  const path = `/v2.0/rbac-policies/${policy.id}`;
  expect(refusal(await face.send('DELETE', path, { token: ALICE }))).toEqual([409, 'RbacPolicyInUse']);
  expect(refusal(await face.send('PUT', path, { token: ALICE, json: { rbac_policy: { target_tenant: 'eve' } } }))).toEqual([
    409,
    'RbacPolicyInUse',
  ]);
  expect((await face.send('DELETE', `/v2.0/ports/${port.id}`, { token: BOB })).status).toBe(204);
  const moved = await face.send('PUT', path, { token: ALICE, json: { rbac_policy: { target_tenant: 'eve' } } });
  expect(moved.json['rbac_policy']).toMatchObject({ target_tenant: 'eve', target_project: 'eve' });
  expect([await statusOf(`/v2.0/networks/${network.id}`, BOB), await statusOf(`/v2.0/networks/${network.id}`, EVE)]).toEqual([404, 200]);
  expect((await face.send('DELETE', path, { token: ALICE })).status).toBe(204);
  expect(await statusOf(`/v2.0/networks/${network.id}`, EVE)).toBe(404);
});

test('what is shared with all has a policy that says so, and goes with it', async () => {
  const network = await face.create('network', { name: 'for all', shared: true }, ADMIN);
  const [policy] = await face.list(`/v2.0/rbac-policies?object_id=${network.id}`, ADMIN);
  expect(policy).toMatchObject({ object_type: 'network', action: 'access_as_shared', target_tenant: '*' });
  const port = await face.create('port', { network_id: network.id }, BOB);
  const path = `/v2.0/rbac-policies/${policy?.id}`;
  expect(refusal(await face.send('DELETE', path, { token: ADMIN }))).toEqual([409, 'RbacPolicyInUse']);
  const unshare = () => face.send('PUT', `/v2.0/networks/${network.id}`, { token: ADMIN, json: { network: { shared: false } } });
  expect(refusal(await unshare())).toEqual([409, 'InvalidSharedSetting']);
  // Bob keeps it by a policy of his own.
  expect((await lend('network', network, 'bob', ADMIN)).status).toBe(201);
  expect((await face.send('DELETE', path, { token: ADMIN })).status).toBe(204);
  expect([await statusOf(`/v2.0/networks/${network.id}`, BOB), await statusOf(`/v2.0/networks/${network.id}`, EVE)]).toEqual([200, 404]);
  expect((await face.send('GET', `/v2.0/networks/${network.id}`, { token: ADMIN })).json['network']).toMatchObject({ shared: false });
  await face.send('DELETE', `/v2.0/ports/${port.id}`, { token: BOB });
  await face.send('DELETE', `/v2.0/networks/${network.id}`, { token: ADMIN });
  expect(await face.list(`/v2.0/rbac-policies?object_id=${network.id}`, ADMIN)).toEqual([]);
});

test('the log tells when a network becomes shared or external, and only then', async () => {
  const network = await face.create('network', { name: 'told' }, ADMIN);
  const told = async () =>
    (
      await face.cloud.database.db
        .selectFrom('events')
        .select('payload')
        .where('type', '=', 'network.update')
        .where('subject', '=', network.id)
        .orderBy('seq')
        .execute()
    ).length;
  const policy = async (action: string, target_tenant: string) =>
    policyIn(
      await face.send('POST', '/v2.0/rbac-policies', {
        token: ADMIN,
        json: { rbac_policy: { object_type: 'network', object_id: network.id, target_tenant, action } },
      }),
    );
  await policy('access_as_shared', 'bob');
  expect(await told()).toBe(0);
  const all = await policy('access_as_shared', '*');
  expect(await told()).toBe(1);
  await policy('access_as_external', 'bob');
  await policy('access_as_external', 'eve');
  expect(await told()).toBe(2);
  expect((await face.send('DELETE', `/v2.0/rbac-policies/${all.id}`, { token: ADMIN })).status).toBe(204);
  expect(await told()).toBe(3);
});

test('a network is external for those who may lead out by it', async () => {
  const network = await face.create('network', { name: 'way out' }, ADMIN);
  await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '172.31.1.0/24' }, ADMIN);
  const rbac_policy = { object_type: 'network', object_id: network.id, target_tenant: 'bob', action: 'access_as_external' };
  const made = await face.send('POST', '/v2.0/rbac-policies', { token: ADMIN, json: { rbac_policy } });
  expect((await face.send('GET', `/v2.0/networks/${network.id}`, { token: BOB })).json['network']).toMatchObject({
    'router:external': true,
    shared: false,
  });
  const floatingip = { floating_network_id: network.id };
  expect((await face.send('POST', '/v2.0/floatingips', { token: EVE, json: { floatingip } })).status).toBe(404);
  const taken = await face.send('POST', '/v2.0/floatingips', { token: BOB, json: { floatingip } });
  expect(taken.status).toBe(201);
  const path = `/v2.0/rbac-policies/${policyIn(made).id}`;
  expect(refusal(await face.send('DELETE', path, { token: ADMIN }))).toEqual([409, 'RbacPolicyInUse']);
  await face.send('DELETE', `/v2.0/floatingips/${taken.json['floatingip']?.id}`, { token: BOB });
  expect((await face.send('DELETE', path, { token: ADMIN })).status).toBe(204);
  expect((await face.send('GET', `/v2.0/networks/${network.id}`, { token: ADMIN })).json['network']).toMatchObject({
    'router:external': false,
  });
});

test('a security group is used by id by those whom its owner lets', async () => {
  const group = await face.create('security_group', { name: 'lent' });
  const network = await face.create('network', { name: 'of bob' }, BOB);
  const port = { network_id: network.id, security_groups: [group.id] };
  expect((await face.send('POST', '/v2.0/ports', { token: BOB, json: { port } })).status).toBe(404);
  const policy = policyIn(await lend('security_group', group, 'bob'));
  const made = await face.create('port', port, BOB);
  expect(made['security_groups']).toEqual([group.id]);
  expect(await face.list('/v2.0/security-groups?shared=true', BOB)).toMatchObject([{ id: group.id, shared: true }]);
  const rule = { security_group_id: group.id, direction: 'ingress', ethertype: 'IPv4' };
  expect((await face.send('POST', '/v2.0/security-group-rules', { token: BOB, json: { security_group_rule: rule } })).status).toBe(403);
  expect(refusal(await face.send('DELETE', `/v2.0/rbac-policies/${policy.id}`, { token: ALICE }))).toEqual([409, 'RbacPolicyInUse']);
});

test('only the owner lends, only an administrator to all, and nobody twice', async () => {
  const network = await face.create('network', { name: 'guarded' });
  expect((await lend('network', network, 'bob', BOB)).status).toBe(404);
  expect((await lend('network', network, '*')).status).toBe(403);
  expect((await lend('network', network, 'bob')).status).toBe(201);
  expect(refusal(await lend('network', network, 'bob'))).toEqual([409, 'DuplicateRbacPolicy']);
  expect((await lend('toaster', network, 'bob')).status).toBe(400);
  const external = { object_type: 'security_group', object_id: network.id, target_tenant: 'bob', action: 'access_as_external' };
  expect((await face.send('POST', '/v2.0/rbac-policies', { json: { rbac_policy: external } })).status).toBe(400);
  const { id } = (await face.list(`/v2.0/rbac-policies?object_id=${network.id}`))[0] ?? { id: '' };
  expect(await statusOf(`/v2.0/rbac-policies/${id}`, BOB)).toBe(404);
});
