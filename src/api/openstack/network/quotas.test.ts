import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, startNetworkFace } from './test-face.ts';

const quotaLimits = {
  network: 2,
  subnet: 2,
  port: 2,
  security_group: 2,
  security_group_rule: 7,
  router: 2,
  floatingip: 2,
  subnetpool: 2,
  rbac_policy: 2,
};
const ADMIN = 'root:admin';

let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace({ quotaLimits });
});
afterAll(() => face?.close());

const status = async (method: string, path: string, token: string, json?: unknown) =>
  (await face.send(method, path, { token, ...(json !== undefined && { json }) })).status;

const setQuota = async (project: string, quota: object) => {
  const { status: code, json } = await face.send('PUT', `/v2.0/quotas/${project}`, { token: ADMIN, json: { quota } });
  expect(code).toBe(200);
  return json['quota'];
};

test('a project sees what it may have and what it has; nobody else but admins does', async () => {
  const token = 'seer:reader';
  await face.create('network', {}, 'seer:member');
  expect((await face.send('GET', '/v2.0/quotas/seer', { token })).json).toEqual({ quota: quotaLimits });
  expect((await face.send('GET', '/v2.0/quotas/seer/default', { token })).json).toEqual({ quota: quotaLimits });
  expect((await face.send('GET', '/v2.0/quotas/seer/details', { token })).json).toMatchObject({
    quota: { network: { limit: 2, used: 1, reserved: 0 }, port: { limit: 2, used: 0, reserved: 0 } },
  });
  for (const path of ['', '/default', '/details']) {
    expect(await status('GET', `/v2.0/quotas/seer${path}`, 'spy:member')).toBe(403);
    expect(await status('GET', `/v2.0/quotas/seer${path}`, ADMIN)).toBe(200);
  }
});

// Fault 2026-11 A22.
test('what the extensions of quotas promise is served: details, also as old clients ask for them, and whose they are', async () => {
  const aliases = (await face.list('/v2.0/extensions.json', ADMIN)).map(({ alias }) => alias);
  expect(aliases).toEqual(expect.arrayContaining(['quotas', 'quota_details']));
  const details = await face.send('GET', '/v2.0/quotas/old/details', { token: 'old:reader' });
  expect(details.json).toMatchObject({ quota: { network: { limit: 2 } } });
  expect(await face.send('GET', '/v2.0/quotas/old/details.json', { token: 'old:reader' })).toEqual(details);
  expect((await face.send('GET', '/v2.0/quotas/tenant', { token: 'old:reader' })).json).toEqual({ tenant: { tenant_id: 'old' } });
  expect((await face.send('GET', '/v2.0/quotas/project.json', { token: 'old:reader' })).json).toEqual({ project: { project_id: 'old' } });
  const network = await face.create('network', { name: 'x' }, 'old:member');
  expect((await face.send('GET', `/v2.0/networks/${network.id}.json`, { token: 'old:member' })).json).toEqual({ network });
  expect(await status('GET', '/v2.0/quotas/old/details.xml', 'old:reader')).toBe(404);
});

test('only admins change quotas and list those that were set', async () => {
  const json = { quota: { network: 100 } };
  expect(await status('PUT', '/v2.0/quotas/changed', 'changed:member', json)).toBe(403);
  expect(await status('PUT', '/v2.0/quotas/changed', 'spy:member', json)).toBe(403);
  expect(await setQuota('changed', { network: 1, port: -1 })).toEqual({ ...quotaLimits, network: 1, port: -1 });
  expect(await status('GET', '/v2.0/quotas', 'changed:member')).toBe(403);
  expect(await face.list('/v2.0/quotas', ADMIN)).toContainEqual({
    ...quotaLimits,
    network: 1,
    port: -1,
    tenant_id: 'changed',
    project_id: 'changed',
  });
  expect((await face.send('GET', '/v2.0/quotas/changed/default', { token: ADMIN })).json).toEqual({ quota: quotaLimits });
  expect(await status('DELETE', '/v2.0/quotas/changed', 'changed:member')).toBe(403);
  expect(await status('DELETE', '/v2.0/quotas/changed', ADMIN)).toBe(204);
  expect(await status('DELETE', '/v2.0/quotas/changed', ADMIN)).toBe(404);
  expect((await face.send('GET', '/v2.0/quotas/changed', { token: ADMIN })).json).toEqual({ quota: quotaLimits });
});

test('a limit below what there is can be set, unless it is to be checked', async () => {
  await face.create('network', {}, 'below:member');
  const checked = { quota: { network: 0, check_limit: true } };
  expect(await status('PUT', '/v2.0/quotas/below', ADMIN, checked)).toBe(409);
  expect(await setQuota('below', { network: 0, check_limit: false })).toMatchObject({ network: 0 });
  expect(await status('POST', '/v2.0/networks', 'below:member', { network: {} })).toBe(409);
});

test.each<[string, unknown]>([
  ['/v2.0/quotas/x', { quota: { network: -2 } }],
  ['/v2.0/quotas/x', { quota: { network: 2 ** 31 } }],
  ['/v2.0/quotas/x', { quota: { network: 'many' } }],
  ['/v2.0/quotas/x', { quota: { dragon: 1 } }],
  ['/v2.0/quotas/a%20b', { quota: { network: 1 } }],
  [`/v2.0/quotas/${'x'.repeat(256)}`, { quota: { network: 1 } }],
])('PUT %s of %j is refused', async (path, json) => {
  expect(await status('PUT', path, ADMIN, json)).toBe(400);
});

test('what is over the limit is refused as Neutron does, whatever it is, and what was deleted counts no more', async () => {
  const token = 'full:member';
  const [one, two] = [await face.create('network', {}, token), await face.create('network', {}, token)];
  const subnet = { network_id: one.id, ip_version: 4 };
  for (const cidr of ['10.1.0.0/24', '10.2.0.0/24']) await face.create('subnet', { ...subnet, cidr }, token);
  for (let n = 0; n < 2; n++) await face.create('port', { network_id: one.id }, token);
  // The first port created the default group.
  const group = await face.create('security_group', { name: 'second' }, token);
  const rule = { security_group_id: group.id, direction: 'ingress', protocol: 'tcp' };
  await face.create('security_group_rule', rule, token);
  const over: readonly [kind: string, json: object][] = [
    ['network', {}],
    ['subnet', { ...subnet, cidr: '10.3.0.0/24' }],
    ['port', { network_id: one.id }],
    ['security_group', { name: 'third' }],
    ['security_group_rule', { ...rule, protocol: 'udp' }],
  ];
  for (const [kind, json] of over) {
    const answer = await face.send('POST', `/v2.0/${kind.replaceAll('_', '-')}s`, { token, json: { [kind]: json } });
    expect([kind, answer]).toMatchObject([kind, { status: 409, json: { NeutronError: { type: 'OverQuota' } } }]);
  }
  expect(await status('DELETE', `/v2.0/networks/${two.id}`, token)).toBe(204);
  await face.create('network', {}, token);
});

test('many requests at once take every place that the quota has, and not one more', async () => {
  await setQuota('crowded', { network: 5 });
  const codes = await Promise.all(Array.from({ length: 20 }, () => status('POST', '/v2.0/networks', 'crowded:member', { network: {} })));
  expect(codes.filter((code) => code === 201)).toHaveLength(5);
  expect(codes.filter((code) => code === 409)).toHaveLength(15);
});

test('an admin who makes something for a project takes of the project’s quota', async () => {
  for (let n = 0; n < 2; n++) await face.create('network', { tenant_id: 'ward' }, ADMIN);
  expect(await status('POST', '/v2.0/networks', ADMIN, { network: { tenant_id: 'ward' } })).toBe(409);
  await face.create('network', {}, ADMIN);
});
