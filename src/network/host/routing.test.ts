import { expect, test } from 'vitest';
import { asId, type NetworkId, type PortId } from '../../objects/ids.ts';
import type { Ipv6Mode, Router, Subnet } from '../../objects/network.ts';
import { hostRoutersOf } from './routing.ts';

const epoch = new Date(0);
const kept = { number: 1, projectId: 'p', description: '', name: '', createdAt: epoch, updatedAt: epoch, revisionNumber: 0, tags: [] };

const subnet = (id: string, ipv6RaMode: Ipv6Mode | null): Subnet => ({
  ...kept,
  id,
  networkId: asId<NetworkId>('n'),
  ipVersion: 6,
  cidr: `fd00:${id}::/64`,
  gatewayIp: `fd00:${id}::1`,
  hostIp: null,
  isRouted: true,
  enableDhcp: true,
  allocationPools: [],
  dnsNameservers: ['fd00:53::1'],
  hostRoutes: [],
  ipv6RaMode,
  ipv6AddressMode: ipv6RaMode,
  serviceTypes: [],
  subnetPoolId: null,
});

test('a router advertises the prefixes of its interfaces, in the mode of their subnets', () => {
  const subnets = [subnet('1', 'slaac'), subnet('2', 'dhcpv6-stateless'), subnet('3', 'dhcpv6-stateful'), subnet('4', null)];
  const router: Router = {
    ...kept,
    id: 'r',
    adminStateUp: true,
    isTranslating: true,
    routes: [],
    gateway: leg('1'),
    interfaces: subnets.map(({ id }) => leg(id)),
  };
  const [found] = hostRoutersOf({ routers: [router], subnets, floatingIps: [], forwardings: [] });
  expect(found?.interfaces.map(({ advertised }) => advertised)).toEqual([
    [{ subnetId: '1', cidr: 'fd00:1::/64', mode: 'slaac', dnsNameservers: ['fd00:53::1'] }],
    [{ subnetId: '2', cidr: 'fd00:2::/64', mode: 'dhcpv6-stateless', dnsNameservers: ['fd00:53::1'] }],
    [{ subnetId: '3', cidr: 'fd00:3::/64', mode: 'dhcpv6-stateful', dnsNameservers: ['fd00:53::1'] }],
    undefined,
  ]);
  expect(found?.gateway).not.toHaveProperty('advertised');
});

const leg = (id: string) => ({
  portId: asId<PortId>(`port-${id}`),
  networkId: asId<NetworkId>('n'),
  macAddress: 'fa:16:3e:00:00:01',
  fixedIps: [{ subnetId: id, ipAddress: `fd00:${id}::1` }],
});
