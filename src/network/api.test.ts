import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertServer } from '../../test/support/insert-server.ts';
import { sampleServer } from '../../test/support/sample-server.ts';
import { ManualClock } from '../lib/clock/manual-clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { kindOf, messageOf } from '../lib/errors/error-type.ts';
import { silentLog } from '../lib/log/log.ts';
import { asId, type NetworkId, type PortId } from '../objects/ids.ts';
import type { RequestedNetworks } from '../objects/network-info.ts';
import { novaPolicy } from '../policy/policy.ts';
import { NetworkApi } from './api.ts';
import { ensureDefaults } from './books/defaults.ts';
import { noNetworkLimits } from './books/quota.ts';
import type { PortChanges } from './api/port-request.ts';
import { keepReconciling, reconcileNetworks } from './host/reconciler.ts';
import { member, newServerId, startTestCloud, type TestCloud } from './test-cloud.ts';

let cloud: TestCloud;
let api: NetworkApi;
beforeAll(async () => {
  cloud = await startTestCloud();
  api = new NetworkApi(deps());
});
afterAll(() => cloud?.database.drop());

const deps = () => ({
  db: cloud.database.db,
  ids: systemIds,
  policy: novaPolicy(),
  network: cloud,
  conductor: cloud.conductor,
  log: silentLog,
  quotaLimits: noNetworkLimits,
  zone: 'nova',
  agents: async () => [],
});

/** The only one of a list. */
function one<T>(made: readonly T[]): T {
  const [first] = made;
  if (first === undefined || made.length > 1) throw new Error(`There are ${made.length}.`);
  return first;
}

test('the default network is created once, also by repeated and concurrent calls', async () => {
  await Promise.all(Array.from({ length: 3 }, () => ensureDefaults(cloud.database.db, { ids: systemIds, projectId: 'admin' })));
  await ensureDefaults(cloud.database.db, { ids: systemIds, projectId: 'admin' });
  const networks = await api.networks.list(member('anyone'), { filters: {}, sort: [], limit: 10 });
  expect(networks).toMatchObject([
    { name: 'private', isShared: true, isExternal: false, projectId: 'admin', mtu: 1450 },
    { name: 'public', isShared: false, isExternal: true, projectId: 'admin', mtu: 1500 },
  ]);
  const subnets = await api.subnets.list(member('anyone'), { filters: {}, sort: [], limit: 10 });
  expect(subnets).toMatchObject([
    { cidr: '10.20.0.0/24', gatewayIp: '10.20.0.1', hostIp: '10.20.0.254', allocationPools: [{ start: '10.20.0.2', end: '10.20.0.254' }] },
  ]);
  const [router] = await api.routers.list({ ...member('admin'), isAdmin: true }, { filters: {}, sort: [], limit: 10 });
  expect(router).toMatchObject({
    projectId: 'admin',
    gateway: { fixedIps: [{ ipAddress: '172.24.4.2' }] },
    interfaces: [{ fixedIps: [{ ipAddress: '10.20.0.1' }] }],
  });
});

test('the networks that a boot requests are checked before anything is written', async () => {
  const mine = await cloud.addNetwork({ projectId: 'mine' });
  const twin = await cloud.addNetwork({ projectId: 'twins' });
  await cloud.addNetwork({ projectId: 'twins' });
  const outside = await cloud.addNetwork({ projectId: 'admin', external: true });
  const bare = await one(await api.networks.create(member('bare'), [{}]));
  const shared = await cloud.addNetwork({ projectId: 'admin', shared: true, name: 'second' });
  const port = one(await api.ports.create(member('mine'), [{ networkId: mine.id }]));
  const used = one(await api.ports.create(member('mine'), [{ networkId: mine.id, deviceId: 'router' }]));
  const guests = one(await api.ports.create(member('guest'), [{ networkId: shared.id }]));
  const nowhere = '00000000-0000-4000-8000-000000000000';
  const cases: readonly [project: string, requested: RequestedNetworks, count: number, outcome: string][] = [
    ['mine', 'none', 1, 'fine'],
    ['mine', 'auto', 5, 'fine'],
    ['mine', [{ networkId: mine.id }, { portId: port.id }], 1, 'fine'],
    ['mine', [{ networkId: mine.id, fixedIp: '10.1.0.9' }], 1, 'fine'],
    ['mine', [{ networkId: shared.id }], 1, 'fine'],
    ['mine', [{ networkId: shared.id, fixedIp: '10.1.0.9' }], 1, 'PolicyForbidden'],
    ['mine', [{ networkId: twin.id }], 1, 'UnknownNetwork'],
    ['mine', [{ networkId: asId<NetworkId>(nowhere) }], 1, 'UnknownNetwork'],
    ['mine', [{ networkId: asId<NetworkId>('private') }], 1, 'UnknownNetwork'],
    ['mine', [{ portId: asId<PortId>(nowhere) }], 1, 'UnknownPort'],
    ['twins', [{ portId: port.id }], 1, 'UnknownPort'],
    ['admin', [{ portId: guests.id }], 1, 'UnknownPort'],
    ['mine', [{ portId: used.id }], 1, 'PortInUse'],
    ['mine', [{ portId: port.id }], 2, 'NotForSeveralServers'],
    ['mine', [{ networkId: mine.id, fixedIp: '10.1.0.9' }], 2, 'NotForSeveralServers'],
    ['mine', [{ networkId: outside.id }], 1, 'ExternalNetworkForbidden'],
    ['bare', [{ networkId: bare.id }], 1, 'NetworkRequiresSubnet'],
    ['twins', 'auto', 1, 'NetworkAmbiguous'],
    // Two networks are shared by now.
    ['homeless', 'auto', 1, 'NetworkAmbiguous'],
  ];
  for (const [project, requested, count, outcome] of cases) {
    const answer = await api.checkRequested(member(project), requested, count).then(
      () => 'fine',
      (error: unknown) => (error instanceof Error ? error.name : ''),
    );
    expect([project, requested, answer]).toEqual([project, requested, outcome]);
  }
});

// Fault 2026-11 A4. Fault 2026-11 A5.
test('a boot is refused at once for a port twice and for an address that is taken, impossible or requested twice', async () => {
  const network = await cloud.addNetwork({ projectId: 'early', cidr: '10.8.0.0/24' });
  const ctx = member('early');
  const held = [{ networkId: network.id, deviceId: 'vm-7', fixedIps: [{ ipAddress: '10.8.0.90' }] }, { networkId: network.id }];
  const [, port] = await api.ports.create(ctx, held);
  const fixedIp = (address: string) => ({ networkId: network.id, fixedIp: address });
  const portId = asId<PortId>(port?.id ?? '');
  const cases: readonly [requested: RequestedNetworks, outcome: string][] = [
    [[{ portId }, fixedIp('10.8.0.91'), fixedIp('10.8.0.92')], 'fine'],
    [[fixedIp('10.8.0.90')], 'Fixed IP address 10.8.0.90 is already in use on instance vm-7.'],
    [[fixedIp('10.8.0.91'), fixedIp('10.8.0.90')], 'Fixed IP address 10.8.0.90 is already in use on instance vm-7.'],
    [[fixedIp('10.8.0.1')], 'Fixed IP address 10.8.0.1 is already in use on its subnet as the address of the gateway or of DHCP.'],
    [[fixedIp('10.8.0.91'), fixedIp('10.8.0.91')], 'Fixed IP address 10.8.0.91 is requested twice.'],
    [[fixedIp('10.9.0.9')], `IP address 10.9.0.9 is not a valid IP for any of the subnets on the specified network ${network.id}.`],
    [
      [{ portId, fixedIp: '10.8.0.91' }],
      `Specified Fixed IP '10.8.0.91' cannot be used with port '${portId}': the two cannot be specified together.`,
    ],
    [[{ portId }, { portId }], `Port ${portId} is requested twice.`],
    [[{ portId }, { portId: asId<PortId>(portId.toUpperCase()) }], `Port ${portId} is requested twice.`],
  ];
  for (const [requested, outcome] of cases) {
    const answer = await api.checkRequested(ctx, requested, 1).then(
      () => 'fine',
      (error: unknown) => (kindOf(error) === 'invalid' ? messageOf(error) : error),
    );
    expect([requested, answer]).toEqual([requested, outcome]);
  }
});

test('security groups are found by name and by id, one of two namesakes only by id', async () => {
  const ctx = member('grouped');
  const [web] = [await api.groups.create(ctx, { name: 'web' }), await api.groups.create(ctx, { name: 'web' })];
  await api.checkSecurityGroups(ctx, ['default', web.id]);
  await expect(api.checkSecurityGroups(ctx, ['web'])).rejects.toThrow("Multiple security groups found matching 'web'");
  await expect(api.checkSecurityGroups(member('strange'), [web.id])).rejects.toThrow('not found for project strange');
});

const lend = (objectId: string, targetProject: string) =>
  ({ objectType: 'security_group', objectId, action: 'access_as_shared', targetProject }) as const;

test('a group that another project lends is meant by its id only, whatever its name', async () => {
  const [lender, ctx] = [member('lender'), member('borrower')];
  const [lent] = [await api.groups.create(lender, { name: 'web' }), await api.groups.create(ctx, { name: 'web' })];
  const theirs = one(await api.groups.list(lender, { filters: { name: ['default'] }, sort: [], limit: 10 }));
  await api.rbacPolicies.create(lender, [lend(lent.id, 'borrower'), lend(theirs.id, 'newcomer')]);
  await api.checkSecurityGroups(ctx, ['web', lent.id]);
  const network = await cloud.addNetwork({ projectId: 'newcomer' });
  const { manager } = cloud.addHost('lending');
  const asked = { hostname: 'vm', requested: [{ networkId: network.id }], securityGroups: ['default', theirs.id] };
  await manager.allocatePorts(member('newcomer'), { serverId: newServerId(), projectId: 'newcomer', ...asked });
  const port = one(await api.ports.list(member('newcomer'), { filters: {}, sort: [], limit: 10 }));
  expect(port.securityGroupIds).toHaveLength(2);
  expect(port.securityGroupIds).toContain(theirs.id);
});

test('a network that is given to a project is shared with nobody any more', async () => {
  const { id } = await cloud.addNetwork({ projectId: 'giver', shared: true });
  const admin = { ...member('giver'), isAdmin: true, roles: ['admin'] };
  const policy = { objectType: 'network', objectId: id, action: 'access_as_shared', targetProject: 'stranger' } as const;
  await api.rbacPolicies.create(admin, [policy]);
  await api.networkOwners.give(admin, id, 'taker');
  expect(await api.networks.show(member('taker'), id)).toMatchObject({ isShared: false, projectId: 'taker' });
  await expect(api.networks.show(member('stranger'), id)).rejects.toThrow('could not be found');
});

test('a rule of a QoS policy is made once for a request that comes twice', async () => {
  const ctx = { ...member('limiting'), roles: ['manager'] };
  const { id: policyId } = one(await api.qosPolicies.create(ctx, [{ name: 'slow' }]));
  const make = () =>
    api.qosRules.create({ ...ctx, requestId: 'req-rule', keyed: true }, { policyId, kind: 'bandwidth_limit' }, { maxKbps: 100 });
  expect(await make()).toEqual(await make());
});

test('a new rule reaches the hosts at once, and a deleted one is removed there', async () => {
  const host = cloud.addHost('ruled');
  const network = await cloud.addNetwork({ projectId: 'ruled' });
  const ctx = member('ruled');
  const serverId = newServerId();
  const requested = [{ networkId: network.id }];
  await host.manager.allocatePorts(ctx, { serverId, projectId: 'ruled', hostname: 'vm', requested, securityGroups: [] });
  await host.carry(ctx, serverId);
  const protocols = () => host.driver.ports.flatMap(({ rules }) => rules.map(({ protocol }) => protocol));
  const [group] = await api.groups.list(ctx, { filters: { name: ['default'] }, sort: [], limit: 10 });
  const rule = one(await api.rules.create(ctx, [{ groupId: group?.id ?? '', direction: 'ingress', protocol: 'icmp' }]));
  expect(protocols()).toContain('icmp');
  await api.rules.delete(ctx, rule.id);
  expect(protocols()).not.toContain('icmp');
});

const broken = () => Promise.reject(new Error('no'));

test('the reconciler corrects hosts at every run, also after one that fails', async () => {
  const host = cloud.addHost('kept');
  const network = await cloud.addNetwork({ projectId: 'kept' });
  const ctx = member('kept');
  const serverId = newServerId();
  const requested = [{ networkId: network.id }];
  await host.manager.allocatePorts(ctx, { serverId, projectId: 'kept', hostname: 'vm', requested, securityGroups: [] });
  await host.carry(ctx, serverId);
  const clock = new ManualClock();
  const stop = new AbortController();
  const reconcile = reconcileNetworks({ hostNetworks: host.hostNetworks, log: silentLog });
  const ended = keepReconciling([broken, reconcile], { log: silentLog, clock, everyMs: 60_000, signal: stop.signal });
  const [port] = host.driver.ports;
  if (port) await host.driver.unplug(port.id);
  expect(host.driver.ports).toEqual([]);
  await clock.advance(60_000);
  await expect.poll(() => host.driver.ports.length).toBe(1);
  stop.abort();
  await ended;
});

test('a subnet without a gateway gives hosts an address for DHCP, which no port gets', async () => {
  const ctx = member('gateless');
  const network = one(await api.networks.create(ctx, [{}]));
  const subnet = one(await api.subnets.create(ctx, [{ networkId: network.id, cidr: '10.7.0.0/29', ipVersion: 4, gatewayIp: null }]));
  expect(subnet).toMatchObject({ hostIp: '10.7.0.6', allocationPools: [{ start: '10.7.0.1', end: '10.7.0.6' }] });
  const taken = api.ports.create(ctx, [{ networkId: network.id, fixedIps: [{ ipAddress: '10.7.0.6' }] }]);
  await expect(taken).rejects.toThrow('is in use');
  await api.ports.create(
    ctx,
    Array.from({ length: 5 }, () => ({ networkId: network.id })),
  );
  await expect(api.ports.create(ctx, [{ networkId: network.id }])).rejects.toThrow('No more IP addresses');
  const host = cloud.addHost('gateless');
  const serverId = newServerId();
  const [port] = await api.ports.list(ctx, { filters: {}, sort: [], limit: 1 });
  const requested = [{ portId: asId<PortId>(port?.id ?? '') }];
  const asked = { serverId, projectId: 'gateless', hostname: 'vm', requested, securityGroups: [] };
  await host.manager.allocatePorts(ctx, asked);
  await host.carry(ctx, serverId);
  expect(host.driver.networks).toMatchObject([{ subnets: [{ gatewayIp: null, hostIp: '10.7.0.6' }] }]);
  expect(await api.subnets.update(ctx, subnet.id, { enableDhcp: false })).toMatchObject({ hostIp: null });
});

test('ports of servers count against the quota: a boot is refused in advance, and concurrent allocations cannot exceed it', async () => {
  const limited = new NetworkApi({ ...deps(), quotaLimits: { ...noNetworkLimits, port: 2 } });
  const network = await cloud.addNetwork({ projectId: 'limited', cidr: '10.6.0.0/24' });
  const ctx = member('limited');
  const requested = [{ networkId: network.id }];
  await limited.checkRequested(ctx, requested, 2);
  await expect(limited.checkRequested(ctx, requested, 3)).rejects.toThrow('Maximum number of ports exceeded');
  await limited.quotas.update({ ...ctx, isAdmin: true, roles: ['admin'] }, 'limited', { limits: { port: 1 } });
  const { manager } = cloud.addHost('limited');
  const ask = () =>
    manager.allocatePorts(ctx, {
      serverId: newServerId(),
      projectId: 'limited',
      hostname: 'vm',
      requested,
      securityGroups: [],
    });
  const outcomes = await Promise.allSettled([ask(), ask(), ask()]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a changed port is updated on its host and in the record of its server, and cannot be detached', async () => {
  const host = cloud.addHost('changing');
  const network = await cloud.addNetwork({ projectId: 'changing', cidr: '10.5.0.0/24' });
  const ctx = member('changing');
  const server = sampleServer({ projectId: 'changing' });
  const { db } = cloud.database;
  await db.transaction().execute((trx) => insertServer(trx, server, 'w-1'));
  const serverId = server.id;
  await db.updateTable('servers').set({ host: host.name }).where('id', '=', serverId).execute();
  const requested = [{ networkId: network.id }];
  await host.manager.allocatePorts(ctx, {
    serverId,
    projectId: 'changing',
    hostname: 'vm',
    requested,
    securityGroups: [],
  });
  await host.carry(ctx, serverId);
  const port = one(await api.ports.list(ctx, { filters: { device_id: [serverId] }, sort: [], limit: 9 }));
  const change = (changes: PortChanges) => api.ports.update(ctx, port.id, changes);
  const onHost = () => one(host.driver.ports);

  await change({ fixedIps: [{ ipAddress: '10.5.0.9' }], allowedAddressPairs: [{ ipAddress: '10.5.0.128/25' }], name: 'card' });
  expect(onHost()).toMatchObject({ fixedIps: [{ ipAddress: '10.5.0.9' }], allowedAddressPairs: [{ ipAddress: '10.5.0.128/25' }] });
  const row = await db.selectFrom('servers').select('network_info').where('id', '=', serverId).executeTakeFirstOrThrow();
  expect(row.network_info).toMatchObject([{ portId: port.id, fixedIps: [{ ipAddress: '10.5.0.9', version: 4 }] }]);
  await change({ allowedAddressPairs: [], securityGroups: [] });
  expect(onHost()).toMatchObject({ allowedAddressPairs: [], rules: [] });
  await change({ adminStateUp: false });
  await change({ adminStateUp: true, portSecurityEnabled: false });
  expect(onHost()).toMatchObject({ portSecurityEnabled: false });

  await expect(change({ deviceId: 'router' })).rejects.toThrow('in use');
  await expect(change({ deviceId: '' })).rejects.toThrow('in use');
  await expect(api.ports.delete(ctx, port.id)).rejects.toThrow('in use');
});
