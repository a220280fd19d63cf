/** What a network driver is told of a router. */
import type { NetworkId } from '../../objects/ids.ts';
import type { Ipv6Mode } from '../../objects/network.ts';

/** A router that guests of this host can reach. Each host that carries one of its networks has its own copy of it. */
export interface HostRouter {
  readonly id: string;
  readonly interfaces: readonly HostRouterLeg[];
  /** Its way to an external network. */
  readonly gateway: HostRouterLeg | null;
  /** Where the gateway sends what no other route matches. */
  readonly nextHops: readonly string[];
  /** Whether what leaves by the gateway gets the gateway's address. */
  readonly isTranslating: boolean;
  readonly routes: readonly { readonly destination: string; readonly nexthop: string }[];
  /** External addresses, each translated to an address of a port on this host. */
  readonly floatingIps: readonly { readonly address: string; readonly fixedIp: string }[];
  /** Single ports of external addresses, each translated to a port of an address on this host; left out: none. */
  readonly forwardings?: readonly HostForwarding[];
}

/** A port of an external address that leads to a port of a guest. */
export interface HostForwarding {
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
  readonly externalPort: number;
  readonly fixedIp: string;
  readonly internalPort: number;
}

/** The external addresses that a router answers for beside its own. */
export const heldAddresses = ({ floatingIps, forwardings = [] }: HostRouter): readonly string[] => [
  ...new Set([...floatingIps, ...forwardings].map(({ address }) => address)),
];

/** A prefix of which guests get addresses by what the router tells them: they make them of it, or ask DHCP. */
export interface AdvertisedPrefix {
  readonly subnetId: string;
  readonly cidr: string;
  readonly mode: Ipv6Mode;
  readonly dnsNameservers: readonly string[];
}

/** One device of a router. */
export interface HostRouterLeg {
  /** A UUID: device names are cut from it. */
  readonly portId: string;
  readonly networkId: NetworkId;
  readonly macAddress: string;
  /** With the length of their subnet's prefix: `10.20.0.1/24`. */
  readonly addresses: readonly string[];
  /** Left out: none. */
  readonly advertised?: readonly AdvertisedPrefix[];
}
