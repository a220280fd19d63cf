/** Owns the names of our devices on a host: short enough for the kernel (15 characters), derived from the id alone. */
import { createHash } from 'node:crypto';

/** The prefix of all our taps: filters drop what comes from such a device if it belongs to no port. */
export const TAP_PREFIX = 'nvt';

/** The prefix of all our bridges. */
export const BRIDGE_PREFIX = 'nvbr';

/** The bridge of a network: the configured one, else a derived name of 12 characters. */
export const bridgeName = (network: { id: string; bridge?: string }): string =>
  network.bridge ?? `${BRIDGE_PREFIX}${createHash('sha256').update(network.id).digest('hex').slice(0, 8)}`;

/** How the names begin of the namespaces that belong to a host; `netns` is the host's own, null the machine's. */
export const namespacePrefix = (netns: string | null): string => `${netns ?? 'nova-ts'}.`;

/** The device that leads from a network's bridge to other hosts. */
export const tunnelName = (networkId: string): string => `nvx${createHash('sha256').update(networkId).digest('hex').slice(0, 8)}`;

/** The host's end of the device from which a network is served, which is on the network's bridge. */
export const servingName = (networkId: string): string => `nvs${createHash('sha256').update(networkId).digest('hex').slice(0, 8)}`;

/** The other end, in the namespace that serves the network. */
export const SERVING_DEVICE = 'guests';

/** The host's end of a router's device, which is on the bridge of its network. */
export const legName = (portId: string): string => `nvq${portId.replaceAll('-', '').slice(0, 11)}`;

/** The router's own end of it, under the names that operators know: of an interface, or of the gateway. */
export const innerLegName = (portId: string): string => `qr-${portId.slice(0, 11)}`;
export const gatewayLegName = (portId: string): string => `qg-${portId.slice(0, 11)}`;

/** The tap device of a port; 14 characters, cut from the id so that an operator can tell whose it is. */
export const tapName = (portId: string): string => `${TAP_PREFIX}${portId.replaceAll('-', '').slice(0, 11)}`;
