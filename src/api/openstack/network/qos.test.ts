import { afterAll, beforeAll, expect, test } from 'vitest';
import { newServerId } from '../../../network/test-cloud.ts';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

const ADMIN = 'root:admin';
const MANAGER = 'alice:manager';
let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace();
});
afterAll(() => face?.close());

const send = (method: string, path: string, json?: object, token = MANAGER) => face.send(method, path, { token, ...(json && { json }) });
const policy = async (more: object = {}, token = MANAGER) => {
  const made = await send('POST', '/v2.0/qos/policies', { policy: { name: 'p', ...more } }, token);
  expect([made.status, made.json]).toEqual([201, { policy: expect.anything() }]);
  return made.json['policy'] ?? { id: '', name: '' };
};
const rule = ({ id }: Resource, kind: string, settings: object, token = MANAGER) =>
  send('POST', `/v2.0/qos/policies/${id}/${kind}_rules`, { [`${kind}_rule`]: settings }, token);
const refusal = ({ status, json }: Awaited<ReturnType<typeof send>>) => [status, json['NeutronError']?.['type']];

test('a policy gets rules, which are changed and taken away', async () => {
  const made = await policy({ description: 'slow', tags: ['t'] });
  expect(made).toMatchObject({ name: 'p', description: 'slow', shared: false, is_default: false, rules: [], tags: ['t'] });
  const limit = (await rule(made, 'bandwidth_limit', { max_kbps: '1000' })).json['bandwidth_limit_rule'];
  expect(limit).toMatchObject({ max_kbps: 1000, max_burst_kbps: 0, direction: 'egress' });
  expect(refusal(await rule(made, 'bandwidth_limit', { max_kbps: 5 }))).toEqual([409, 'QoSRulesConflict']);
  expect((await rule(made, 'bandwidth_limit', { max_kbps: 5, direction: 'ingress', max_burst_kbps: 7 })).status).toBe(201);
  expect((await rule(made, 'dscp_marking', { dscp_mark: 9 })).status).toBe(400);
  expect((await rule(made, 'dscp_marking', { dscp_mark: 10 })).json['dscp_marking_rule']).toMatchObject({ dscp_mark: 10 });
  const path = `/v2.0/qos/policies/${made.id}/bandwidth_limit_rules`;
  expect(await face.list(path, MANAGER)).toHaveLength(2);
  const changed = await send('PUT', `${path}/${limit?.id}`, { bandwidth_limit_rule: { max_kbps: 2000 } });
  expect(changed.json['bandwidth_limit_rule']).toMatchObject({ max_kbps: 2000, direction: 'egress' });
  const turned = { bandwidth_limit_rule: { direction: 'ingress' } };
  expect(refusal(await send('PUT', `${path}/${limit?.id}`, turned))).toEqual([409, 'QoSRulesConflict']);
  const whole = (await send('GET', `/v2.0/qos/policies/${made.id}`)).json['policy'];
  expect(whole?.['rules']).toEqual([
    { id: limit?.id, qos_policy_id: made.id, type: 'bandwidth_limit', direction: 'egress', max_kbps: 2000, max_burst_kbps: 0 },
    expect.objectContaining({ type: 'bandwidth_limit', direction: 'ingress' }),
    expect.objectContaining({ type: 'dscp_marking', dscp_mark: 10 }),
  ]);
  expect((await send('DELETE', `${path}/${limit?.id}`)).status).toBe(204);
  expect(refusal(await send('GET', `${path}/${limit?.id}`))).toEqual([404, 'QosRuleNotFound']);
  expect((await send('DELETE', `/v2.0/qos/policies/${made.id}`)).status).toBe(204);
});

test('ports have the policy of their network until they have one of their own, and hosts follow', async () => {
  const [ofNetwork, ofPort] = [await policy(), await policy()];
  await rule(ofNetwork, 'bandwidth_limit', { max_kbps: 100 });
  await rule(ofPort, 'dscp_marking', { dscp_mark: 46 });
  const network = await face.create('network', { qos_policy_id: ofNetwork.id });
  await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.67.0.0/24' });
  const port = await face.create('port', { network_id: network.id });
  expect([network['qos_policy_id'], port['qos_policy_id']]).toEqual([ofNetwork.id, null]);
  const host = face.cloud.addHost('limited');
  const serverId = newServerId();
  const { db } = face.cloud.database;
  await db.updateTable('ports').set({ server_id: serverId, server_index: 0, device_id: serverId }).where('id', '=', port.id).execute();
  const ctx = { requestId: 'req-1', userId: 'u', projectId: 'alice', roles: ['member'], isAdmin: false };
  await host.carry(ctx, serverId);
  const limits = () => host.driver.ports[0]?.limits;
  expect(limits()).toEqual({ egress: { maxKbps: 100, maxBurstKbps: 0 } });
  await rule(ofNetwork, 'bandwidth_limit', { max_kbps: 300, direction: 'ingress' });
  expect(limits()).toMatchObject({ ingress: { maxKbps: 300 } });
  const put = (qos_policy_id: string | null) => send('PUT', `/v2.0/ports/${port.id}`, { port: { qos_policy_id } }, 'alice:member');
  expect((await put(ofPort.id)).json['port']).toMatchObject({ qos_policy_id: ofPort.id });
  expect(limits()).toEqual({ dscpMark: 46 });
  expect(refusal(await send('DELETE', `/v2.0/qos/policies/${ofPort.id}`))).toEqual([409, 'QosPolicyInUse']);
  await put(null);
  expect(limits()).toMatchObject({ egress: { maxKbps: 100 } });
  expect(await face.list(`/v2.0/networks?qos_policy_id=${ofNetwork.id}`)).toHaveLength(1);
});

test('only those who may manage a project make policies, and others use what is shared with them', async () => {
  expect((await send('POST', '/v2.0/qos/policies', { policy: { name: 'x' } }, 'alice:member')).status).toBe(403);
  const own = await policy();
  const attach = (token: string) => face.send('POST', '/v2.0/networks', { token, json: { network: { qos_policy_id: own.id } } });
  expect(refusal(await attach('bob:member'))).toEqual([404, 'QosPolicyNotFound']);
  expect((await send('PUT', `/v2.0/qos/policies/${own.id}`, { policy: { shared: true } })).status).toBe(200);
  expect((await attach('bob:member')).status).toBe(201);
  expect(refusal(await send('PUT', `/v2.0/qos/policies/${own.id}`, { policy: { shared: false } }))).toEqual([409, 'RbacPolicyInUse']);
  expect(refusal(await rule(own, 'bandwidth_limit', { max_kbps: 1 }, 'bob:manager'))[0]).toBe(403);
});

test('a project cannot take away a policy that it does not see', async () => {
  const hidden = await policy({}, ADMIN);
  const network = await face.create('network', {}, 'bob:member');
  const port = await face.create('port', { network_id: network.id }, 'bob:member');
  const limited = { qos_policy_id: hidden.id };
  for (const [kind, { id }] of Object.entries({ network, port })) {
    const put = (json: object, token: string) => send('PUT', `/v2.0/${kind}s/${id}`, { [kind]: json }, token);
    expect((await put(limited, ADMIN)).status).toBe(200);
    expect(refusal(await put({ qos_policy_id: null }, 'bob:member'))).toEqual([403, 'PolicyRemoveAuthorizationError']);
    expect((await put({ name: 'x' }, 'bob:member')).json[kind]).toMatchObject({ name: 'x', ...limited });
    expect((await put({ qos_policy_id: null }, ADMIN)).json[kind]).toMatchObject({ qos_policy_id: null });
  }
});

test('new networks of a project get its default policy', async () => {
  const usual = await policy({ is_default: true });
  expect(refusal(await send('POST', '/v2.0/qos/policies', { policy: { name: 'q', is_default: true } }))).toEqual([
    409,
    'QoSPolicyDefaultAlreadyExists',
  ]);
  expect(await face.create('network', {})).toMatchObject({ qos_policy_id: usual.id });
  expect(await face.create('network', { qos_policy_id: null })).toMatchObject({ qos_policy_id: null });
  expect(await face.create('network', {}, 'bob:member')).toMatchObject({ qos_policy_id: null });
  expect((await send('GET', '/v2.0/qos/rule-types')).json['rule_types']).toEqual([{ type: 'bandwidth_limit' }, { type: 'dscp_marking' }]);
  expect((await send('GET', '/v2.0/qos/rule-types/bandwidth_limit', undefined, ADMIN)).status).toBe(200);
  expect((await send('GET', '/v2.0/qos/rule-types/x', undefined, ADMIN)).status).toBe(404);
});
