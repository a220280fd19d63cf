import { Type as t, type Static } from '@sinclair/typebox';
import { networkId, portId } from './ids.ts';

/** What a server may know of one of its ports: kept with the server, so that showing it asks nobody. */
export const networkInfo = t.Array(
  t.Object({
    portId,
    networkId,
    networkName: t.String(),
    macAddress: t.String(),
    mtu: t.Integer(),
    fixedIps: t.Array(t.Object({ subnetId: t.String(), ipAddress: t.String(), version: t.Union([t.Literal(4), t.Literal(6)]) })),
  }),
);
export type NetworkInfo = Static<typeof networkInfo>;

/** A server's ports as of a version, which rises with each change: of two, the one with the higher version is true. */
export const serverAddresses = t.Object({ networkInfo, version: t.Integer() });
export type ServerAddresses = Static<typeof serverAddresses>;

/** One network that a create request asks for: a network, or a port that exists. */
export const requestedNetwork = t.Object({
  networkId: t.Optional(networkId),
  portId: t.Optional(portId),
  fixedIp: t.Optional(t.String()),
  tag: t.Optional(t.String()),
});
export type RequestedNetwork = Static<typeof requestedNetwork>;

/** The networks of a create request: `auto` takes what the project can reach, `none` takes none. */
export const requestedNetworks = t.Union([t.Literal('auto'), t.Literal('none'), t.Array(requestedNetwork)]);
export type RequestedNetworks = Static<typeof requestedNetworks>;

/** How a hypervisor attaches a port; the network driver answers it, the virt driver reads it. */
export const vif = t.Object({
  portId,
  kind: t.Union([t.Literal('bridge'), t.Literal('fake')]),
  bridge: t.String(),
  tap: t.String(),
  macAddress: t.String(),
  mtu: t.Integer(),
});
export type Vif = Static<typeof vif>;
