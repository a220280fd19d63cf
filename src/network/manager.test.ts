import { recordTunnelAddress } from '../db/stores/network/network-hosts.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portsOfServer } from '../db/stores/network/ports.ts';
import { asId, type HostName, type NetworkId } from '../objects/ids.ts';
import type { RequestedNetworks } from '../objects/network-info.ts';
import { IpAddressGenerationFailure, NetworkAmbiguous, PortInUse, PortsUnwanted, UnknownNetwork, UnknownSecurityGroup } from './errors.ts';
import { makePort } from './books/make-port.ts';
import { member, newServerId, startTestCloud, type TestCloud, type TestHost } from './test-cloud.ts';
import { systemIds } from '../lib/clock/ids.ts';

let cloud: TestCloud;
let one: TestHost;
let two: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  one = cloud.addHost('one');
  two = cloud.addHost('two');
});
afterAll(() => cloud?.database.drop());

const allocate = async (projectId: string, requested: RequestedNetworks, serverId = newServerId(), securityGroups = ['default']) =>
  (await one.manager.allocatePorts(member(projectId), { serverId, projectId, hostname: 'vm', requested, securityGroups })).networkInfo;

test('a server gets a port on each requested network, and a repeated request is a no-op', async () => {
  const [a, b] = [
    await cloud.addNetwork({ projectId: 'p1', cidr: '10.1.0.0/24' }),
    await cloud.addNetwork({ projectId: 'p1', cidr: '10.2.0.0/24' }),
  ];
  const serverId = newServerId();
  const requested = [{ networkId: b.id }, { networkId: a.id, fixedIp: '10.1.0.77' }];
  const info = await allocate('p1', requested, serverId);
  expect(info).toMatchObject([
    { networkId: b.id, networkName: 'net', mtu: 1500, fixedIps: [{ ipAddress: '10.2.0.2', version: 4 }] },
    { networkId: a.id, fixedIps: [{ ipAddress: '10.1.0.77' }] },
  ]);
  expect(info[0]?.macAddress).toMatch(/^fa:16:3e(:[0-9a-f]{2}){3}$/);
  expect(await allocate('p1', requested, serverId)).toEqual(info);
  const again = await Promise.all([allocate('p1', requested, serverId), allocate('p1', requested, serverId)]);
  expect(again).toEqual([info, info]);
});

test('auto takes the only network of the project, else the only shared one, else none', async () => {
  expect(await allocate('p2', 'auto')).toEqual([]);
  expect(await allocate('p2', 'none')).toEqual([]);
  const shared = await cloud.addNetwork({ projectId: 'admin', shared: true, cidr: '10.3.0.0/24' });
  expect(await allocate('p2', 'auto')).toMatchObject([{ networkId: shared.id }]);
  const own = await cloud.addNetwork({ projectId: 'p2', cidr: '10.4.0.0/24' });
  const serverId = newServerId();
  const info = await allocate('p2', 'auto', serverId);
  expect(info).toMatchObject([{ networkId: own.id }]);
  await cloud.addNetwork({ projectId: 'p2', cidr: '10.5.0.0/24' });
  await expect(allocate('p2', 'auto')).rejects.toSatisfy(NetworkAmbiguous.is);
  expect(await allocate('p2', 'auto', serverId)).toEqual(info);
});

test('networks and groups that the project cannot reach are refused by name', async () => {
  const foreign = await cloud.addNetwork({ projectId: 'p3', cidr: '10.6.0.0/24' });
  await expect(allocate('p4', [{ networkId: foreign.id }])).rejects.toSatisfy(UnknownNetwork.is);
  await expect(allocate('p4', [{ networkId: asId<NetworkId>('private') }])).rejects.toThrow('Network private could not be found.');
  await expect(allocate('p3', [{ networkId: foreign.id }], newServerId(), ['web'])).rejects.toSatisfy(UnknownSecurityGroup.is);
});

test('fifty servers at once on a /28 get thirteen different addresses, and the others an error with numbers', async () => {
  const network = await cloud.addNetwork({ projectId: 'p5', cidr: '10.7.0.0/28' });
  const answers = await Promise.allSettled(Array.from({ length: 50 }, () => allocate('p5', [{ networkId: network.id }])));
  const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value[0]?.fixedIps[0]?.ipAddress] : []));
  expect(new Set(given).size).toBe(13);
  expect(given.length).toBe(13);
  const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  expect(refusals.every(IpAddressGenerationFailure.is)).toBe(true);
  expect(refusals[0]).toMatchObject({ kind: 'conflict', params: { taken: 13, total: '13' } });
});

test('ports made for a server are deleted with it, a port it was given is only detached', async () => {
  const network = await cloud.addNetwork({ projectId: 'p6', cidr: '10.8.0.0/24' });
  const { db } = cloud.database;
  const portId = await db
    .transaction()
    .execute((trx) =>
      makePort(trx, systemIds, { networkId: network.id, projectId: 'p6', subnets: [], addresses: [], groupIds: [], columns: {} }),
    );
  const serverId = newServerId();
  await allocate('p6', [{ portId }, { networkId: network.id }], serverId);
  await expect(allocate('p6', [{ portId }])).rejects.toSatisfy(PortInUse.is);
  expect(await portsOfServer(db, serverId)).toMatchObject([{ id: portId, deviceOwner: 'compute:nova' }, { isMadeForServer: true }]);
  await one.manager.releasePorts(member('p6'), { serverId });
  await one.manager.releasePorts(member('p6'), { serverId });
  expect(await portsOfServer(db, serverId)).toEqual([]);
  expect(await allocate('p6', [{ portId }])).toMatchObject([{ portId }]);
});

test('ports are allocated and released only for the newest work on a server; late messages are refused', async () => {
  const network = await cloud.addNetwork({ projectId: 'p12', cidr: '10.19.0.0/24' });
  const { db } = cloud.database;
  const [serverId, ctx] = [newServerId(), member('p12')];
  const asked = { serverId, projectId: 'p12', hostname: 'vm', requested: [{ networkId: network.id }], securityGroups: ['default'] };
  const [boot, undo, nextBoot] = [{ fence: 1_000 }, { fence: 1_900 }, { fence: 2_000 }];

  await one.manager.allocatePorts(ctx, { ...asked, ...boot });
  await one.manager.allocatePorts(ctx, { ...asked, ...boot });
  await one.manager.releasePorts(ctx, { serverId, ...undo });
  await expect(one.manager.allocatePorts(ctx, { ...asked, ...boot })).rejects.toSatisfy(PortsUnwanted.is);
  expect(await portsOfServer(db, serverId)).toEqual([]);

  const { networkInfo } = await one.manager.allocatePorts(ctx, { ...asked, ...nextBoot });
  await expect(one.manager.releasePorts(ctx, { serverId, ...undo })).rejects.toSatisfy(PortsUnwanted.is);
  expect(await portsOfServer(db, serverId)).toMatchObject([{ id: networkInfo[0]?.portId }]);
});

test("late requests to bind, plug and unplug are refused or no-ops, and the server's present host keeps its ports", async () => {
  const network = await cloud.addNetwork({ projectId: 'p13', cidr: '10.29.0.0/24' });
  const { db } = cloud.database;
  const [serverId, ctx] = [newServerId(), member('p13')];
  const [early, late] = [{ fence: 1_000 }, { fence: 2_000 }];
  await allocate('p13', [{ networkId: network.id }], serverId);
  await two.manager.bindPorts(ctx, { serverId, host: two.name, ...late });
  await two.manager.plugPorts(ctx, { serverId });
  await expect(one.manager.bindPorts(ctx, { serverId, host: one.name, ...early })).rejects.toSatisfy(PortsUnwanted.is);
  await expect(one.manager.plugPorts(ctx, { serverId })).rejects.toSatisfy(PortsUnwanted.is);
  await two.manager.unplugPorts(ctx, { serverId, ...early });
  expect(await portsOfServer(db, serverId)).toMatchObject([{ host: two.name, status: 'ACTIVE' }]);
  expect(two.driver.ports.map((port) => port.serverId)).toContain(serverId);
  await two.manager.unplugPorts(ctx, { serverId, ...late });
  expect(await portsOfServer(db, serverId)).toMatchObject([{ host: null, status: 'DOWN' }]);
});

test('a port bound to another host has one active binding, and its former host unplugs it', async () => {
  const network = await cloud.addNetwork({ projectId: 'p15', cidr: '10.39.0.0/24' });
  const [serverId, ctx] = [newServerId(), member('p15')];
  await allocate('p15', [{ networkId: network.id }], serverId);
  await one.carry(ctx, serverId);
  await two.carry(ctx, serverId);
  expect(await portsOfServer(cloud.database.db, serverId)).toMatchObject([{ host: two.name }]);
  const plugged = (host: TestHost) => host.driver.ports.filter((port) => port.serverId === serverId).length;
  await one.hostNetworks.converge();
  expect([plugged(one), plugged(two)]).toEqual([0, 1]);
  await two.manager.unplugPorts(ctx, { serverId });
});

test('the host of a second, inactive binding of a port carries the port as well', async () => {
  const network = await cloud.addNetwork({ projectId: 'p16', cidr: '10.49.0.0/24' });
  const { db } = cloud.database;
  const [serverId, ctx] = [newServerId(), member('p16')];
  const [info] = await allocate('p16', [{ networkId: network.id }], serverId);
  await one.carry(ctx, serverId);
  await db
    .insertInto('port_bindings')
    .values({ port_id: info?.portId ?? '', host: two.name, is_active: false })
    .execute();
  expect(await two.manager.plugPorts(ctx, { serverId })).toMatchObject([{ portId: info?.portId }]);
  expect(await portsOfServer(db, serverId)).toMatchObject([{ host: one.name, status: 'ACTIVE' }]);
  await two.manager.unplugPorts(ctx, { serverId });
  expect(await portsOfServer(db, serverId)).toMatchObject([{ host: one.name, status: 'ACTIVE' }]);
  await one.manager.unplugPorts(ctx, { serverId });
});

test('hosts that reach each other know where the guests of their networks are, and move with them', async () => {
  const { db } = cloud.database;
  const network = await cloud.addNetwork({ projectId: 'p-far', cidr: '10.78.0.0/24' });
  const [near, far] = [newServerId(), newServerId()];
  const ctx = member('p-far');
  for (const [host, address] of [
    [one, '192.0.2.1'],
    [two, '192.0.2.2'],
  ] as const)
    expect(await recordTunnelAddress(db, host.name, address)).toBe(true);
  expect(await recordTunnelAddress(db, one.name, '192.0.2.1')).toBe(false);
  expect(await recordTunnelAddress(db, asId<HostName>('former'), '192.0.2.1')).toBe(true);
  expect(await recordTunnelAddress(db, one.name, '192.0.2.1')).toBe(true);
  const [ofNear, ofFar] = [
    await allocate('p-far', [{ networkId: network.id }], near),
    await allocate('p-far', [{ networkId: network.id }], far),
  ];
  await one.carry(ctx, near);
  await two.carry(ctx, far);
  const tunnelOf = ({ driver }: typeof one) => driver.tunnels.find(({ networkId }) => networkId === network.id);
  const port = ({ macAddress, fixedIps }: (typeof ofNear)[number]) => ({
    macAddress,
    ipAddresses: fixedIps.map(({ ipAddress }) => ipAddress),
    isActive: true,
  });
  expect(tunnelOf(one)).toEqual({
    networkId: network.id,
    vni: network.vni,
    localAddress: '192.0.2.1',
    peers: [{ address: '192.0.2.2', ports: ofFar.map(port) }],
  });
  expect(tunnelOf(two)?.peers).toEqual([{ address: '192.0.2.1', ports: ofNear.map(port) }]);
  // It moves: the host that it leaves still has its own guest there, the other one has both.
  await two.manager.unplugPorts(ctx, { serverId: far });
  await one.carry(ctx, far);
  await cloud.refresh();
  expect(tunnelOf(one)?.peers).toEqual([]);
  expect(tunnelOf(two)).toBeUndefined();
  await recordTunnelAddress(db, two.name, null);
  await cloud.refresh();
  expect(one.driver.tunnels).toEqual([]);
  await recordTunnelAddress(db, one.name, null);
  for (const serverId of [near, far]) await one.manager.unplugPorts(ctx, { serverId });
});

test('plugging a server without ports is a no-op', async () => {
  expect(await one.manager.plugPorts(member('p14'), { serverId: newServerId() })).toEqual([]);
});

test('a refresh leaves a port that is only bound to its plugging', async () => {
  const { id } = await cloud.addNetwork({ projectId: 'p-bound', cidr: '10.77.0.0/24' });
  const serverId = newServerId();
  await allocate('p-bound', [{ networkId: id }], serverId);
  await one.manager.bindPorts(member('p-bound'), { serverId, host: one.name });
  await cloud.refresh();
  expect(one.driver.ports.filter((port) => port.serverId === serverId)).toEqual([]);
  await one.manager.plugPorts(member('p-bound'), { serverId });
  await cloud.refresh();
  expect(one.driver.ports.filter((port) => port.serverId === serverId)).toHaveLength(1);
});

test('plugging makes the host carry the ports, unplugging removes them, both are idempotent', async () => {
  const network = await cloud.addNetwork({ projectId: 'p7', cidr: '10.9.0.0/24' });
  const serverId = newServerId();
  const [info] = await allocate('p7', [{ networkId: network.id }], serverId);
  const vifs = await two.carry(member('p7'), serverId);
  expect(vifs).toMatchObject([{ portId: info?.portId, kind: 'fake', macAddress: info?.macAddress, mtu: 1500 }]);
  expect(await two.carry(member('p7'), serverId)).toEqual(vifs);
  expect(two.driver.ports).toMatchObject([
    { id: info?.portId, serverId, fixedIps: info?.fixedIps.map(({ ipAddress }) => ({ ipAddress })) },
  ]);
  expect(await portsOfServer(cloud.database.db, serverId)).toMatchObject([{ host: 'two', status: 'ACTIVE' }]);
  await two.manager.unplugPorts(member('p7'), { serverId });
  await two.manager.unplugPorts(member('p7'), { serverId });
  expect(two.driver.ports).toEqual([]);
  expect(await portsOfServer(cloud.database.db, serverId)).toMatchObject([{ host: null, status: 'DOWN' }]);
});

test('the members of a group let in a new one, and no longer a released one', async () => {
  const network = await cloud.addNetwork({ projectId: 'p8', cidr: '10.10.0.0/24' });
  const [first, second] = [newServerId(), newServerId()];
  await allocate('p8', [{ networkId: network.id }], first);
  await two.carry(member('p8'), first);
  const letIn = () =>
    two.driver.ports
      .find((port) => port.serverId === first)
      ?.rules.flatMap(({ remote }) => (remote.kind === 'addresses' ? remote.addresses : []));
  expect(letIn()).toEqual(['10.10.0.2']);
  await allocate('p8', [{ networkId: network.id }], second);
  expect(letIn()).toEqual(['10.10.0.2', '10.10.0.3']);
  await one.manager.releasePorts(member('p8'), { serverId: second });
  expect(letIn()).toEqual(['10.10.0.2']);
});

test('ports released while a host was away are removed there when it converges', async () => {
  const network = await cloud.addNetwork({ projectId: 'p9', cidr: '10.11.0.0/24' });
  const serverId = newServerId();
  await allocate('p9', [{ networkId: network.id }], serverId);
  await two.carry(member('p9'), serverId);
  expect(two.driver.networks.map(({ id }) => id)).toContain(network.id);
  await one.manager.releasePorts(member('p9'), { serverId });
  await two.hostNetworks.converge();
  expect(two.driver.ports.map((port) => port.serverId)).not.toContain(serverId);
  expect(two.driver.networks.map(({ id }) => id)).not.toContain(network.id);
});
