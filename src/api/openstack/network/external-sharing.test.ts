import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

const ADMIN = 'root:admin';
const BOB = 'bob:member';
const EVE = 'eve:member';
let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace();
});
afterAll(() => face?.close());

/** Lets a project lead out by a network. */
const leadOut = ({ id: object_id }: Resource, target_tenant: string, token: string) =>
  face.send('POST', '/v2.0/rbac-policies', {
    token,
    json: { rbac_policy: { object_type: 'network', object_id, target_tenant, action: 'access_as_external' } },
  });
const network = async (octet: number, token: string) => {
  const made = await face.create('network', { name: `way out ${octet}` }, token);
  await face.create('subnet', { network_id: made.id, ip_version: 4, cidr: `172.31.${octet}.0/24` }, token);
  return made;
};

test('only an administrator makes a network external, also by a policy', async () => {
  const own = await network(2, BOB);
  expect((await leadOut(own, 'bob', BOB)).status).toBe(403);
  expect((await face.send('GET', `/v2.0/networks/${own.id}`, { token: BOB })).json['network']).toMatchObject({ 'router:external': false });
  expect((await leadOut(own, 'bob', ADMIN)).status).toBe(201);
});

test('floating IPs come from the networks by which a project may lead out, and it sees no others', async () => {
  const lent = await network(3, ADMIN);
  await leadOut(lent, 'bob', ADMIN);
  expect(await face.list('/v2.0/floatingip_pools', BOB)).toContainEqual(expect.objectContaining({ cidr: '172.31.3.0/24' }));
  expect(await face.list('/v2.0/floatingip_pools', EVE)).toEqual([]);
});

test('a network stays external while a router of its owner leads out by it, and hosts learn of the change', async () => {
  const made = await network(4, ADMIN);
  const told = vi.spyOn(face.cloud, 'refresh');
  const path = `/v2.0/rbac-policies/${(await leadOut(made, 'bob', ADMIN)).json['rbac_policy']?.id}`;
  expect(told).toHaveBeenCalledOnce();
  const router = await face.create('router', { external_gateway_info: { network_id: made.id } }, ADMIN);
  const refused = await face.send('DELETE', path, { token: ADMIN });
  expect([refused.status, refused.json['NeutronError']?.['type']]).toEqual([409, 'ExternalNetworkInUse']);
  expect((await face.send('DELETE', `/v2.0/routers/${router.id}`, { token: ADMIN })).status).toBe(204);
  told.mockClear();
  expect((await face.send('DELETE', path, { token: ADMIN })).status).toBe(204);
  expect(told).toHaveBeenCalledOnce();
});
