import { Type as t, type Static } from '@sinclair/typebox';
import { networkId, portId } from './ids.ts';

/** What a guest must know of a subnet to use its address there. */
const subnetInfo = t.Object({
  id: t.String(),
  netmask: t.String(),
  hasDhcp: t.Boolean(),
  dnsServers: t.Array(t.String()),
  /** The default route first, if the subnet has a gateway. */
  routes: t.Array(t.Object({ network: t.String(), netmask: t.String(), gateway: t.String() })),
});
export type SubnetInfo = Static<typeof subnetInfo>;

/** What a server shows of one of its ports. It is cached with the server, so that showing it needs no call. */
export const networkInfo = t.Array(
  t.Object({
    portId,
    networkId,
    networkName: t.String(),
    macAddress: t.String(),
    mtu: t.Integer(),
    fixedIps: t.Array(t.Object({ subnetId: t.String(), ipAddress: t.String(), version: t.Union([t.Literal(4), t.Literal(6)]) })),
    /** The external addresses that lead to its own; left out when there are none. */
    floatingIps: t.Optional(t.Array(t.Object({ ipAddress: t.String(), fixedIp: t.String() }))),
    /** The names of the port's security groups; records from before it was kept lack it. */
    securityGroups: t.Optional(t.Array(t.String())),
    /** The subnets of its addresses; the same records lack them. */
    subnets: t.Optional(t.Array(subnetInfo)),
    /** The tag by which the guest knows the port, if it has one. */
    tag: t.Optional(t.String()),
  }),
);
export type NetworkInfo = Static<typeof networkInfo>;

/** A server's ports at a version, which rises with each change: the higher version is the current one. */
export const serverAddresses = t.Object({ networkInfo, version: t.Integer() });
export type ServerAddresses = Static<typeof serverAddresses>;

/** One network of a create request: a network, or an existing port. */
export const requestedNetwork = t.Object({
  networkId: t.Optional(networkId),
  portId: t.Optional(portId),
  fixedIp: t.Optional(t.String()),
  tag: t.Optional(t.String()),
  /** The id that the new port on the network gets: asked again, it is the same port. */
  newPortId: t.Optional(portId),
});
export type RequestedNetwork = Static<typeof requestedNetwork>;

/** The networks of a create request: `auto` picks what the project can reach, `none` attaches none. */
export const requestedNetworks = t.Union([t.Literal('auto'), t.Literal('none'), t.Array(requestedNetwork)]);
export type RequestedNetworks = Static<typeof requestedNetworks>;

/** How a hypervisor attaches a port; the network driver produces it, the virt driver reads it. */
export const vif = t.Object({
  portId,
  kind: t.Union([t.Literal('bridge'), t.Literal('fake')]),
  bridge: t.String(),
  tap: t.String(),
  macAddress: t.String(),
  mtu: t.Integer(),
});
export type Vif = Static<typeof vif>;
