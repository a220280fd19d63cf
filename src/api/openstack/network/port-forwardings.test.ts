import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

const ADMIN = 'root:admin';
const BOB = 'bob:member';
let face: NetworkFace;
let external: Resource;
let subnet: Resource;
let router: Resource;
beforeAll(async () => {
  face = await startNetworkFace();
  external = await face.create('network', { name: 'public', 'router:external': true }, ADMIN);
  await face.create('subnet', { network_id: external.id, ip_version: 4, cidr: '172.24.4.0/26', enable_dhcp: false }, ADMIN);
  router = await face.create('router', { external_gateway_info: { network_id: external.id } });
  const network = await face.create('network', {});
  subnet = await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.65.0.0/24' });
  await face.send('PUT', `/v2.0/routers/${router.id}/add_router_interface`, { json: { subnet_id: subnet.id } });
});
afterAll(() => face?.close());

const port = () => face.create('port', { network_id: subnet['network_id'] });
const floatingIp = async (more: object = {}) => {
  const answer = await face.send('POST', '/v2.0/floatingips', { json: { floatingip: { floating_network_id: external.id, ...more } } });
  return answer.json['floatingip'] ?? { id: '', name: '' };
};
const pathOf = ({ id }: Resource) => `/v2.0/floatingips/${id}/port_forwardings`;
const forward = (from: Resource, to: Resource, more: object = {}, token?: string) =>
  face.send('POST', pathOf(from), {
    json: { port_forwarding: { protocol: 'tcp', external_port: 2222, internal_port: 22, internal_port_id: to.id, ...more } },
    ...(token !== undefined && { token }),
  });
const refusal = ({ status, json }: Awaited<ReturnType<typeof forward>>) => [status, json['NeutronError']?.['type']];
const shownOf = async ({ id }: Resource) => (await face.send('GET', `/v2.0/floatingips/${id}`)).json['floatingip'];

test('a port of a floating IP is led to a guest, shown, led elsewhere and given up', async () => {
  const [ip, guest, other] = [await floatingIp(), await port(), await port()];
  const made = await forward(ip, guest, { description: 'mine' });
  const [{ ip_address }] = guest['fixed_ips'] as [{ ip_address: string }];
  const forwarding = made.json['port_forwarding'] ?? { id: '', name: '' };
  expect([made.status, forwarding]).toEqual([
    201,
    {
      id: expect.any(String),
      description: 'mine',
      protocol: 'tcp',
      external_port: 2222,
      internal_port: 22,
      internal_port_id: guest.id,
      internal_ip_address: ip_address,
    },
  ]);
  expect(await shownOf(ip)).toMatchObject({
    port_id: null,
    router_id: router.id,
    port_forwardings: [{ id: forwarding.id, internal_port_id: guest.id, external_port: 2222 }],
  });
  const path = `${pathOf(ip)}/${forwarding.id}`;
  const moved = await face.send('PUT', path, { json: { port_forwarding: { internal_port_id: other.id, external_port: '80' } } });
  expect(moved.json['port_forwarding']).toMatchObject({ internal_port_id: other.id, external_port: 80, internal_port: 22 });
  expect(await face.list(`${pathOf(ip)}?protocol=tcp&external_port=80`)).toHaveLength(1);
  expect(await face.list(`${pathOf(ip)}?protocol=udp`)).toEqual([]);
  expect((await face.send('GET', path, { token: BOB })).status).toBe(404);
  expect((await face.send('DELETE', path)).status).toBe(204);
  expect((await face.send('GET', path)).status).toBe(404);
});

test('a floating IP leads as a whole or by its ports, and so does an address of a guest', async () => {
  const [ip, guest, other] = [await floatingIp(), await port(), await port()];
  expect((await forward(ip, guest)).status).toBe(201);
  const path = `/v2.0/floatingips/${ip.id}`;
  expect(refusal(await face.send('PUT', path, { json: { floatingip: { port_id: other.id } } }))).toEqual([409, 'FipInUseByPortForwarding']);
  expect(refusal(await face.send('DELETE', path))).toEqual([409, 'FipInUseByPortForwarding']);
  const whole = { floatingip: { floating_network_id: external.id, port_id: guest.id } };
  expect(refusal(await face.send('POST', '/v2.0/floatingips', { json: whole }))).toEqual([400, 'PortHasPortForwarding']);
  const bound = await floatingIp({ port_id: other.id });
  expect(refusal(await forward(bound, guest, { internal_port: 23 }))).toEqual([409, 'FloatingIPPortAlreadyAssociated']);
  expect(refusal(await forward(ip, other, { external_port: 81 }))).toEqual([400, 'PortHasBindingFloatingIP']);
  expect(refusal(await face.send('PUT', `/v2.0/routers/${router.id}`, { json: { router: { external_gateway_info: {} } } }))[0]).toBe(409);
});

test('no port is forwarded twice, and none to where nothing leads', async () => {
  const [ip, guest] = [await floatingIp(), await port()];
  expect((await forward(ip, guest)).status).toBe(201);
  expect(refusal(await forward(ip, await port()))).toEqual([400, 'BadRequest']);
  expect(refusal(await forward(ip, guest, { external_port: 2223 }))).toEqual([400, 'BadRequest']);
  expect((await forward(ip, guest, { external_port: 2222, protocol: 'udp' })).status).toBe(201);
  const apart = await face.create('network', {});
  await face.create('subnet', { network_id: apart.id, ip_version: 4, cidr: '10.66.0.0/24' });
  const lonely = await face.create('port', { network_id: apart.id });
  expect(refusal(await forward(ip, lonely, { external_port: 1 }))).toEqual([404, 'ExternalGatewayForFloatingIPNotFound']);
  expect((await forward(ip, guest, { external_port: 0 })).status).toBe(400);
  expect((await forward(ip, guest, { protocol: 'icmp' })).status).toBe(400);
});

test('a forwarding goes with the port that it leads to', async () => {
  const [ip, guest] = [await floatingIp(), await port()];
  await forward(ip, guest);
  expect((await face.send('DELETE', `/v2.0/ports/${guest.id}`)).status).toBe(204);
  expect(await shownOf(ip)).toMatchObject({ port_forwardings: [], router_id: null });
  expect((await face.send('DELETE', `/v2.0/floatingips/${ip.id}`)).status).toBe(204);
});
