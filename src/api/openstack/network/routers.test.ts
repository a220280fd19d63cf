import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

const ADMIN = 'root:admin';
const ALICE = 'alice:member';

let face: NetworkFace;
let external: Resource;
beforeAll(async () => {
  face = await startNetworkFace();
  external = await face.create('network', { name: 'public', 'router:external': true }, ADMIN);
  await face.create('subnet', { network_id: external.id, ip_version: 4, cidr: '172.24.4.0/28', enable_dhcp: false }, ADMIN);
});
afterAll(() => face?.close());

/** A request with its answer as the tests compare it: status, and type of an error. */
async function ask(method: string, path: string, json?: unknown, token = ALICE) {
  const answer = await face.send(method, path, { token, ...(json !== undefined && { json }) });
  return { ...answer, is: [answer.status, answer.json['NeutronError']?.['type']] };
}

let octet = 0;
async function network(token = ALICE) {
  octet += 1;
  const made = await face.create('network', {}, token);
  const subnet = await face.create('subnet', { network_id: made.id, ip_version: 4, cidr: `10.60.${octet}.0/24` }, token);
  return { id: made.id, subnetId: subnet.id, prefix: `10.60.${octet}` };
}

const plug = (router: string, body: object, token = ALICE) => ask('PUT', `/v2.0/routers/${router}/add_router_interface`, body, token);
const unplug = (router: string, body: object, token = ALICE) => ask('PUT', `/v2.0/routers/${router}/remove_router_interface`, body, token);
const routed = async () => {
  const router = await face.create('router', { external_gateway_info: { network_id: external.id } });
  const inside = await network();
  await plug(router.id, { subnet_id: inside.subnetId });
  return { router, inside };
};

describe('routers', () => {
  test('are made, shown, changed and deleted', async () => {
    const router = await face.create('router', { name: 'r', tags: ['a'] });
    expect(router).toMatchObject({
      name: 'r',
      status: 'ACTIVE',
      admin_state_up: true,
      external_gateway_info: null,
      routes: [],
      tags: ['a'],
    });
    expect((await face.list('/v2.0/routers?name=r&status=ACTIVE')).map(({ id }) => id)).toEqual([router.id]);
    const { json } = await ask('PUT', `/v2.0/routers/${router.id}`, { router: { name: 's', admin_state_up: 'False' } });
    expect(json['router']).toMatchObject({ name: 's', admin_state_up: false });
    expect((await ask('GET', `/v2.0/routers/${router.id}`, undefined, 'bob:member')).is).toEqual([404, 'RouterNotFound']);
    expect((await ask('PUT', `/v2.0/routers/${router.id}/tags`, { tags: ['b'] })).json).toEqual({ tags: ['b'] });
    expect((await ask('DELETE', `/v2.0/routers/${router.id}`)).status).toBe(204);
    expect((await ask('GET', `/v2.0/routers/${router.id}`)).is).toEqual([404, 'RouterNotFound']);
  });

  test('take the gateway address of a subnet, which hosts then serve from another one', async () => {
    const [router, inside] = [await face.create('router', {}), await network()];
    const made = await plug(router.id, { subnet_id: inside.subnetId });
    expect(made.json).toMatchObject({ id: router.id, subnet_id: inside.subnetId, network_id: inside.id, project_id: 'alice' });
    const [port] = await face.list(`/v2.0/ports?device_id=${router.id}`);
    expect(port).toMatchObject({ device_owner: 'network:router_interface', fixed_ips: [{ ip_address: `${inside.prefix}.1` }] });
    const { database } = face.cloud;
    const hostIp = async () =>
      (await database.db.selectFrom('subnets').select('host_ip').where('id', '=', inside.subnetId).executeTakeFirstOrThrow()).host_ip;
    expect(await hostIp()).toBe(`${inside.prefix}.254`);
    expect((await ask('DELETE', `/v2.0/ports/${port?.id}`)).is).toEqual([409, 'ServicePortInUse']);
    expect((await ask('PUT', `/v2.0/ports/${port?.id}`, { port: { device_id: '' } })).is).toEqual([409, 'PortInUse']);
    expect((await ask('DELETE', `/v2.0/routers/${router.id}`)).is).toEqual([409, 'RouterInUse']);
    expect((await ask('DELETE', `/v2.0/subnets/${inside.subnetId}`)).is).toEqual([409, 'SubnetInUse']);
    const moved = { subnet: { gateway_ip: null } };
    expect((await ask('PUT', `/v2.0/subnets/${inside.subnetId}`, moved)).is).toEqual([409, 'GatewayIpInUse']);
    expect((await plug(router.id, { subnet_id: inside.subnetId })).is).toEqual([400, 'BadRequest']);
    expect((await unplug(router.id, { subnet_id: inside.subnetId })).json).toMatchObject({ port_id: port?.id });
    expect(await hostIp()).toBeNull();
    expect((await unplug(router.id, { subnet_id: inside.subnetId })).is).toEqual([404, 'RouterInterfaceNotFoundForSubnet']);
  });

  test('take a port, whose address may change, and delete it when it is taken away', async () => {
    const [router, inside] = [await face.create('router', {}), await network()];
    const port = await face.create('port', { network_id: inside.id });
    expect((await plug(router.id, { port_id: port.id })).status).toBe(200);
    expect((await plug(router.id, { port_id: port.id })).is).toEqual([400, 'BadRequest']);
    const fixed_ips = [{ subnet_id: inside.subnetId, ip_address: `${inside.prefix}.77` }];
    expect((await ask('PUT', `/v2.0/ports/${port.id}`, { port: { fixed_ips } })).json['port']).toMatchObject({ fixed_ips });
    expect((await unplug(router.id, { port_id: port.id })).status).toBe(200);
    expect((await ask('GET', `/v2.0/ports/${port.id}`)).status).toBe(404);
  });

  test('refuse interfaces that cannot be', async () => {
    const [router, inside, others] = [await face.create('router', {}), await network(), await network('bob:member')];
    expect((await plug(router.id, {})).is).toEqual([400, 'BadRequest']);
    expect((await plug(router.id, { subnet_id: inside.subnetId, port_id: inside.id })).is).toEqual([400, 'BadRequest']);
    expect((await plug(router.id, { subnet_id: others.subnetId })).is).toEqual([404, 'SubnetNotFound']);
    const twin = await face.create('network', {});
    const overlapping = await face.create('subnet', { network_id: twin.id, ip_version: 4, cidr: `${inside.prefix}.128/25` });
    const gateless = await face.create('subnet', { network_id: twin.id, ip_version: 4, cidr: '10.61.0.0/24', gateway_ip: null });
    await plug(router.id, { subnet_id: inside.subnetId });
    expect((await plug(router.id, { subnet_id: overlapping.id })).is).toEqual([400, 'BadRequest']);
    expect((await plug(router.id, { subnet_id: gateless.id })).is).toEqual([400, 'BadRequest']);
    const second = await face.create('router', {});
    expect((await plug(second.id, { subnet_id: inside.subnetId })).is).toEqual([409, 'IpAddressInUse']);
    const shared = await face.create('network', { shared: true }, ADMIN);
    const common = await face.create('subnet', { network_id: shared.id, ip_version: 4, cidr: '10.62.0.0/24' }, ADMIN);
    expect((await plug(second.id, { subnet_id: common.id })).status).toBe(403);
  });

  test('lead to external networks, with an address of theirs', async () => {
    const router = await face.create('router', { external_gateway_info: { network_id: external.id } });
    const info = router['external_gateway_info'];
    expect(info).toMatchObject({
      network_id: external.id,
      enable_snat: true,
      external_fixed_ips: [{ ip_address: expect.stringMatching(/^172/) }],
    });
    const path = `/v2.0/routers/${router.id}`;
    const set = (external_gateway_info: object | null, token = ALICE) => ask('PUT', path, { router: { external_gateway_info } }, token);
    expect((await set({ network_id: external.id, enable_snat: false })).status).toBe(403);
    expect((await set({ network_id: external.id, enable_snat: false }, ADMIN)).json['router']).toMatchObject({
      external_gateway_info: { ...Object(info), enable_snat: false },
    });
    const moved = { network_id: external.id, external_fixed_ips: [{ ip_address: '172.24.4.12' }] };
    expect((await set(moved)).status).toBe(403);
    expect((await set(moved, ADMIN)).json['router']).toMatchObject({ external_gateway_info: { ...moved, enable_snat: true } });
    expect((await set({})).json['router']).toMatchObject({ external_gateway_info: null });
    expect((await set({ network_id: (await network()).id })).is).toEqual([400, 'BadRequest']);
    expect((await set({ network_id: router.id })).is).toEqual([404, 'NetworkNotFound']);
    const hidden = { network: { 'router:external': false } };
    await set({ network_id: external.id });
    expect((await ask('PUT', `/v2.0/networks/${external.id}`, hidden, ADMIN)).is).toEqual([409, 'ExternalNetworkInUse']);
    expect((await ask('DELETE', path)).status).toBe(204);
  });

  test('forward to next hops on their subnets only', async () => {
    const { router, inside } = await routed();
    const path = `/v2.0/routers/${router.id}`;
    const near = { destination: '10.70.0.0/24', nexthop: `${inside.prefix}.5` };
    const set = (routes: readonly object[], member = '') => ask('PUT', `${path}${member}`, { router: { routes } });
    expect((await set([near])).json['router']).toMatchObject({ routes: [near] });
    expect((await set([{ ...near, nexthop: '10.99.0.1' }])).is).toEqual([400, 'InvalidRoutes']);
    expect((await set([near, near])).status).toBe(400);
    expect((await unplug(router.id, { subnet_id: inside.subnetId })).is).toEqual([409, 'RouterInterfaceInUseByRoute']);
    const other = { ...near, destination: '10.71.0.0/24' };
    expect((await set([other], '/add_extraroutes')).json['router']).toMatchObject({ routes: [near, other] });
    expect((await set([near], '/remove_extraroutes')).json['router']).toMatchObject({ routes: [other] });
    expect((await set([near], '/remove_extraroutes')).status).toBe(409);
  });
});

describe('floating IPs', () => {
  test('lead to ports behind a router, and nowhere again', async () => {
    const { router, inside } = await routed();
    const port = await face.create('port', { network_id: inside.id });
    const floating = await face.create('floatingip', { floating_network_id: external.id });
    expect(floating).toMatchObject({ status: 'DOWN', port_id: null, fixed_ip_address: null, router_id: null, port_details: null });
    const path = `/v2.0/floatingips/${floating.id}`;
    const lead = (floatingip: object) => ask('PUT', path, { floatingip });
    const led = { port_id: port.id, fixed_ip_address: Object(port)['fixed_ips'][0].ip_address, router_id: router.id };
    expect((await lead({ port_id: port.id })).json['floatingip']).toMatchObject({ ...led, port_details: { network_id: inside.id } });
    expect((await lead({ description: 'kept' })).json['floatingip']).toMatchObject(led);
    expect((await face.list(`/v2.0/floatingips?port_id=${port.id}`)).map(({ id }) => id)).toEqual([floating.id]);
    const second = await ask('POST', '/v2.0/floatingips', { floatingip: { floating_network_id: external.id, port_id: port.id } });
    expect(second.is).toEqual([409, 'FloatingIPPortAlreadyAssociated']);
    expect((await unplug(router.id, { subnet_id: inside.subnetId })).is).toEqual([409, 'RouterInterfaceInUseByFloatingIP']);
    const none = { router: { external_gateway_info: null } };
    expect((await ask('PUT', `/v2.0/routers/${router.id}`, none)).is).toEqual([409, 'RouterExternalGatewayInUseByFloatingIp']);
    expect((await lead({ port_id: null })).json['floatingip']).toMatchObject({ port_id: null, status: 'DOWN' });
    await lead({ port_id: port.id });
    expect((await ask('DELETE', `/v2.0/ports/${port.id}`)).status).toBe(204);
    expect((await ask('GET', path)).json['floatingip']).toMatchObject({ port_id: null, fixed_ip_address: null });
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).is).toEqual([404, 'FloatingIPNotFound']);
  });

  test('keep leading to an address that its port keeps', async () => {
    const { inside } = await routed();
    const fixed_ips = [{ ip_address: `${inside.prefix}.20` }, { ip_address: `${inside.prefix}.21` }];
    const port = await face.create('port', { network_id: inside.id, fixed_ips });
    const wanted = { floating_network_id: external.id, port_id: port.id };
    expect((await ask('POST', '/v2.0/floatingips', { floatingip: wanted })).is).toEqual([400, 'BadRequest']);
    const floating = await face.create('floatingip', { ...wanted, fixed_ip_address: `${inside.prefix}.21` });
    const leads = async () => (await ask('GET', `/v2.0/floatingips/${floating.id}`)).json['floatingip']?.['fixed_ip_address'];
    await ask('PUT', `/v2.0/ports/${port.id}`, { port: { fixed_ips: fixed_ips.slice(1) } });
    expect(await leads()).toBe(`${inside.prefix}.21`);
    await ask('PUT', `/v2.0/ports/${port.id}`, { port: { fixed_ips: fixed_ips.slice(0, 1) } });
    expect(await leads()).toBeNull();
    await ask('DELETE', `/v2.0/floatingips/${floating.id}`);
  });

  test('cannot lead where no router does, nor come from just any network', async () => {
    const lonely = await network();
    const port = await face.create('port', { network_id: lonely.id });
    const make = (floatingip: object, token = ALICE) => ask('POST', '/v2.0/floatingips', { floatingip }, token);
    expect((await make({ floating_network_id: external.id, port_id: port.id })).is).toEqual([404, 'ExternalGatewayForFloatingIPNotFound']);
    expect((await make({ floating_network_id: lonely.id })).is).toEqual([400, 'BadRequest']);
    expect((await make({ floating_network_id: external.id, fixed_ip_address: '10.0.0.1' })).is).toEqual([400, 'BadRequest']);
    expect((await make({ floating_network_id: external.id, floating_ip_address: '172.24.4.9' })).status).toBe(403);
    const named = await make({ floating_network_id: external.id, floating_ip_address: '172.24.4.9', project_id: 'alice' }, ADMIN);
    expect(named.json['floatingip']).toMatchObject({ floating_ip_address: '172.24.4.9', project_id: 'alice' });
    const own = await face.list('/v2.0/ports?device_owner=network:floatingip&fixed_ips=ip_address%3D172.24.4.9', ADMIN);
    expect((await ask('DELETE', `/v2.0/ports/${own[0]?.id}`, undefined, ADMIN)).is).toEqual([409, 'ServicePortInUse']);
    const port2 = { port: { network_id: external.id, fixed_ips: [{ ip_address: '172.24.4.9' }] } };
    expect((await ask('POST', '/v2.0/ports', port2, ADMIN)).is).toEqual([409, 'IpAddressInUse']);
    expect((await face.list('/v2.0/floatingip_pools')).map(({ cidr }) => cidr)).toEqual(['172.24.4.0/28']);
  });

  test('come from any IPv4 subnet of their network', async () => {
    const full = await face.create('network', { 'router:external': true }, ADMIN);
    await face.create('subnet', { network_id: full.id, ip_version: 6, cidr: 'fd00:172::/64' }, ADMIN);
    for (const cidr of ['172.25.0.0/30', '172.25.1.0/30']) await face.create('subnet', { network_id: full.id, ip_version: 4, cidr }, ADMIN);
    const take = () => ask('POST', '/v2.0/floatingips', { floatingip: { floating_network_id: full.id } });
    const taken = [await take(), await take()].map(({ json }) => json['floatingip']?.['floating_ip_address']);
    expect(taken).toEqual(['172.25.0.2', '172.25.1.2']);
    expect((await take()).is).toEqual([400, 'ExternalIpAddressExhausted']);
  });

  test('come from pools that are listed among any number of other subnets', async () => {
    const inside = await network();
    await sql`
      INSERT INTO subnets (id, network_id, project_id, name, ip_version, cidr, enable_dhcp, allocation_pools, dns_nameservers, host_routes)
      SELECT gen_random_uuid(), ${inside.id}, 'alice', '', 4, format('10.%s.%s.0/24', 100 + n / 256, n % 256)::cidr, false, '[]', '[]', '[]'
      FROM generate_series(1, 1000) AS n`.execute(face.cloud.database.db);
    const late = await face.create('network', { 'router:external': true }, ADMIN);
    await face.create('subnet', { network_id: late.id, ip_version: 4, cidr: '172.26.0.0/24' }, ADMIN);
    expect((await face.list('/v2.0/floatingip_pools')).map(({ cidr }) => cidr)).toContain('172.26.0.0/24');
  });
});
