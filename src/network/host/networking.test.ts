import { expect, test } from 'vitest';
import { asId, type HostName, type NetworkId, type PortId, type ServerId } from '../../objects/ids.ts';
import type { Network, Port, SecurityGroupRule, Subnet } from '../../objects/network.ts';
import type { SecurityRule } from './driver.ts';
import { buildHostNetworking, resolveRules } from './networking.ts';

const epoch = new Date(0);
const kept = { number: 1, projectId: 'p', description: '', name: '', createdAt: epoch, updatedAt: epoch, revisionNumber: 0 };
const tagged = { ...kept, tags: [] };

const rule = (changes: Partial<SecurityGroupRule> = {}): SecurityGroupRule => ({
  ...kept,
  id: 'r',
  groupId: 'web',
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: 'tcp',
  portMin: 80,
  portMax: 80,
  remoteCidr: null,
  remoteGroupId: null,
  ...changes,
});

const members = [
  { groupId: 'db', address: '10.0.0.3' },
  { groupId: 'db', address: 'fd00::3' },
  { groupId: 'db', address: '10.9.0.0/24' },
  { groupId: 'web', address: '10.0.0.4' },
];

test.each<[what: string, rule: SecurityGroupRule, remote: SecurityRule['remote']]>([
  ['a rule without a remote lets anyone', rule(), { kind: 'any' }],
  ['a prefix stays a prefix', rule({ remoteCidr: '10.0.0.0/8' }), { kind: 'cidr', cidr: '10.0.0.0/8' }],
  [
    'a group becomes its members of the same version',
    rule({ remoteGroupId: 'db' }),
    { kind: 'addresses', addresses: ['10.0.0.3', '10.9.0.0/24'] },
  ],
  ['a group in version 6', rule({ remoteGroupId: 'db', ethertype: 'IPv6' }), { kind: 'addresses', addresses: ['fd00::3'] }],
  ['a group without members lets nobody', rule({ remoteGroupId: 'empty' }), { kind: 'addresses', addresses: [] }],
])('%s', (_what, one, remote) => {
  expect(resolveRules([one], members)).toEqual([
    { direction: one.direction, ethertype: one.ethertype, protocol: 'tcp', portMin: 80, portMax: 80, remote },
  ]);
});

test('a rule of two groups appears once', () => {
  expect(resolveRules([rule(), rule({ groupId: 'db' }), rule({ portMax: 81 })], [])).toHaveLength(2);
});

const network: Network = {
  ...tagged,
  id: asId<NetworkId>('n'),
  name: 'net',
  isShared: false,
  isExternal: false,
  adminStateUp: true,
  portSecurityEnabled: true,
  mtu: 1400,
  bridge: null,
  networkType: 'vxlan',
  vni: 7,
  qosPolicyId: null,
  subnetIds: ['s'],
  addressScopes: {},
};
const subnet: Subnet = {
  ...tagged,
  id: 's',
  networkId: network.id,
  ipVersion: 4,
  cidr: '10.0.0.0/24',
  hostIp: null,
  isRouted: false,
  gatewayIp: '10.0.0.1',
  enableDhcp: true,
  allocationPools: [],
  dnsNameservers: ['9.9.9.9'],
  hostRoutes: [],
  ipv6RaMode: null,
  ipv6AddressMode: null,
  subnetPoolId: null,
  serviceTypes: [],
};
const port: Port = {
  ...tagged,
  id: asId<PortId>('port'),
  networkId: network.id,
  macAddress: 'fa:16:3e:00:00:01',
  adminStateUp: true,
  status: 'ACTIVE',
  deviceId: 'server',
  deviceOwner: 'compute:nova',
  serverId: asId<ServerId>('server'),
  serverIndex: 0,
  isMadeForServer: true,
  hostname: 'vm',
  host: asId<HostName>('one'),
  portSecurityEnabled: true,
  allowedAddressPairs: [],
  fixedIps: [{ subnetId: 's', ipAddress: '10.0.0.2' }],
  wantedHost: null,
  serverTag: null,
  routerId: null,
  bindingProfile: {},
  securityGroupIds: ['web'],
  extraDhcpOptions: [],
  qosPolicyId: null,
};

test('a host carries its ports with the rules of their own groups, and their networks with their own subnets', () => {
  const others = [{ ...subnet, id: 'other', networkId: asId<NetworkId>('other') }];
  const wanted = buildHostNetworking({
    ports: [port],
    networks: [network],
    routers: [],
    floatingIps: [],
    forwardings: [],
    policies: [],
    portsElsewhere: [],
    subnets: [subnet, ...others],
    rules: [rule(), rule({ groupId: 'db', portMin: 1, portMax: 1 })],
    members: [],
  });
  expect(wanted.networks).toMatchObject([{ id: 'n', name: 'net', mtu: 1400, subnets: [{ id: 's', gatewayIp: '10.0.0.1' }] }]);
  expect(wanted.networks[0]).not.toHaveProperty('bridge');
  expect(wanted.ports).toMatchObject([{ id: 'port', hostname: 'vm', portSecurityEnabled: true, rules: [{ portMin: 80 }] }]);
});

test.each([
  ['a port', { adminStateUp: false, portSecurityEnabled: false }, {}],
  ['a network', { portSecurityEnabled: false }, { adminStateUp: false }],
])('%s that was switched off lets nothing through', (_what, ofPort, ofNetwork) => {
  const books = {
    ports: [{ ...port, ...ofPort }],
    networks: [{ ...network, ...ofNetwork }],
    routers: [],
    floatingIps: [],
    forwardings: [],
    policies: [],
    portsElsewhere: [],
    subnets: [subnet],
    rules: [rule()],
    members: [],
  };
  expect(buildHostNetworking(books).ports).toMatchObject([{ portSecurityEnabled: true, rules: [] }]);
});

test('a network leads to the other hosts that have its guests, if this one is reached at all', () => {
  const here = {
    ports: [port],
    networks: [network],
    routers: [],
    floatingIps: [],
    forwardings: [],
    policies: [],
    subnets: [subnet],
    rules: [],
    members: [],
  };
  const remote = { networkId: network.id, macAddress: 'fa:16:3e:00:00:09', ipAddresses: ['10.0.0.9'], isActive: true };
  const portsElsewhere = ['192.0.2.2', '192.0.2.3', '192.0.2.2'].map((address) => ({ ...remote, address }));
  expect(buildHostNetworking({ ...here, portsElsewhere: [] }).tunnels).toEqual([]);
  const { tunnels } = buildHostNetworking({ ...here, portsElsewhere, tunnelAddress: '192.0.2.1' });
  expect(tunnels).toMatchObject([{ networkId: network.id, vni: 7, localAddress: '192.0.2.1' }]);
  expect(tunnels?.[0]?.peers.map(({ address, ports }) => [address, ports.length])).toEqual([
    ['192.0.2.2', 2],
    ['192.0.2.3', 1],
  ]);
  const outside = { ...here, networks: [{ ...network, vni: null }], portsElsewhere, tunnelAddress: '192.0.2.1' };
  expect(buildHostNetworking(outside).tunnels).toEqual([]);
});
