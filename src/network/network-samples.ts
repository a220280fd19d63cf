/** Networks, ports and rules for tests of drivers. */
import { type NetworkId, type PortId, type ProjectId, type ServerId, asId } from '../objects/ids.ts';
import type { HostNetwork, HostPort, SecurityRule } from './host/driver.ts';
import type { HostRouter, HostRouterLeg } from './host/host-router.ts';

/** A network with one subnet 10.<octet>.0.0/24, the host at .1, MTU 1400. */
export const sampleNetwork = (octet: number, changes: Partial<HostNetwork> = {}): HostNetwork => ({
  id: asId<NetworkId>(`00000000-0000-4000-a000-0000000000${octet}`),
  name: `net-${octet}`,
  mtu: 1400,
  subnets: [
    {
      id: `subnet-${octet}`,
      cidr: `10.${octet}.0.0/24`,
      gatewayIp: `10.${octet}.0.1`,
      enableDhcp: true,
      dnsNameservers: ['9.9.9.9'],
      hostRoutes: [{ destination: '10.99.0.0/16', nexthop: `10.${octet}.0.2` }],
    },
  ],
  ...changes,
});

/** The port number `n` (2 to 99) of a network: address .n, its own server; lets everything out and nothing in. */
export const samplePort = (network: HostNetwork, n: number, changes: Partial<HostPort> = {}): HostPort => {
  const two = String(n).padStart(2, '0');
  const [subnet] = network.subnets;
  return {
    id: asId<PortId>(`${network.id.slice(-2)}0000${two}-0000-4000-b000-0000000000${two}`),
    serverId: asId<ServerId>(`00000000-0000-4000-c000-0000000000${two}`),
    projectId: asId<ProjectId>('project-one'),
    networkId: network.id,
    macAddress: `fa:16:3e:00:${network.id.slice(-2)}:${two}`,
    fixedIps: subnet ? [{ subnetId: subnet.id, ipAddress: subnet.cidr.replace(/0\/24$/, String(n)) }] : [],
    hostname: `vm-${n}`,
    portSecurityEnabled: true,
    allowedAddressPairs: [],
    rules: [sampleRule({ direction: 'egress' })],
    ...changes,
  };
};

/** A rule for IPv4 that lets in everything from everywhere. */
export const sampleRule = (changes: Partial<SecurityRule> = {}): SecurityRule => ({
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: null,
  portMin: null,
  portMax: null,
  remote: { kind: 'any' },
  ...changes,
});

/** A network with the subnet 172.24.<octet>.0/24 that leads out of the cloud; the host is its gateway, at .1. */
export const sampleExternal = (octet: number): HostNetwork => {
  const network = sampleNetwork(octet);
  const subnets = network.subnets.map((subnet) => ({
    ...subnet,
    cidr: `172.24.${octet}.0/24`,
    gatewayIp: `172.24.${octet}.1`,
    enableDhcp: false,
    hostRoutes: [],
  }));
  return { ...network, isExternal: true, subnets };
};

/** The network with a router as its gateway; the host serves DHCP from .254. */
export const routed = (network: HostNetwork): HostNetwork => ({
  ...network,
  subnets: network.subnets.map((subnet) => ({ ...subnet, isRouted: true, hostIp: subnet.cidr.replace(/0\/24$/, '254') })),
});

/** A router at .1 of inner networks, and at .2 of an external one. */
export const sampleRouter = (
  inner: readonly HostNetwork[],
  external: HostNetwork | undefined,
  changes: Partial<HostRouter> = {},
): HostRouter => {
  return {
    id: '00000000-0000-4000-d000-000000000001',
    interfaces: inner.map((network) => leg(network, 1)),
    gateway: external ? leg(external, 2) : null,
    nextHops: external?.subnets.flatMap(({ gatewayIp }) => gatewayIp ?? []) ?? [],
    isTranslating: true,
    routes: [],
    floatingIps: [],
    ...changes,
  };
};

const leg = (network: HostNetwork, host: number): HostRouterLeg => ({
  portId: `${network.id.slice(-2)}0000ff-0000-4000-b000-00000000000${host}`,
  networkId: network.id,
  macAddress: `fa:16:3e:ff:${network.id.slice(-2)}:0${host}`,
  addresses: network.subnets.map(({ cidr }) => cidr.replace(/0\/24$/, `${host}/24`)),
});
