/**
 * The interface of network drivers. A driver makes bridges, addresses, DHCP and packet filters of one host match what the network service
 * wants there. It knows no requests, databases or queues: its input is fully resolved.
 */
import { errorType } from '../../lib/errors/error-type.ts';
import type { NetworkId, PortId, ProjectId, ServerId } from '../../objects/ids.ts';
import type { DhcpOption } from '../../objects/network.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { HostRouter } from './host-router.ts';
import type { HostTunnel } from './host-tunnel.ts';

/** One host's networking. Calls may overlap; the driver puts them in order. */
export interface NetworkDriver {
  /** Makes the host match `wanted`; idempotent. Must be called once before the others. Returns what it corrected. */
  converge(wanted: HostNetworking): Promise<readonly Correction[]>;
  /** Adds or changes a port, with its network: the fast path of `converge`. The hypervisor then creates the tap on the bridge. */
  plug(port: HostPort, network: HostNetwork): Promise<Vif>;
  /** Removes a port; a no-op if it is not here. Its network stays until the next `converge`. */
  unplug(portId: PortId): Promise<void>;
  /** Sets the rules of ports that are here; ignores the others of the list. */
  updateSecurity(ports: readonly HostPort[]): Promise<void>;
  /** Sets where the guests of other hosts are: the fast path of `converge` for a change that concerns nothing else. */
  updateTunnels(tunnels: readonly HostTunnel[]): Promise<void>;
  /** Which of these ports have an address that answers a ping now; those that are not here are not asked. */
  answering(portIds: readonly PortId[]): Promise<readonly PortId[]>;
  /** Stops serving from this process. Guests keep their network: bridges, filters and DHCP stay. */
  close(): Promise<void>;
}

/** All that one host must carry. */
export interface HostNetworking {
  /** Those of its ports first, then those that only its routers are on, each oldest first: of two external ones that overlap, the first is carried. */
  readonly networks: readonly HostNetwork[];
  readonly ports: readonly HostPort[];
  /** Left out: none. */
  readonly routers?: readonly HostRouter[];
  /** Left out: none, networks end at this host. */
  readonly tunnels?: readonly HostTunnel[];
}

export interface HostNetwork {
  readonly id: NetworkId;
  readonly name: string;
  /** An operator's own bridge; without it the driver makes one, named after the network's id. */
  readonly bridge?: string;
  /** Whether it leads out of the cloud. Without an operator's bridge the host itself is its gateway. */
  readonly isExternal?: boolean;
  /** Bytes. */
  readonly mtu: number;
  readonly subnets: readonly HostSubnet[];
}

export interface HostSubnet {
  readonly id: string;
  readonly cidr: string;
  readonly gatewayIp: string | null;
  /** The address of the host itself on the subnet, from which it serves DHCP; null means the gateway's, unless a router has that. */
  readonly hostIp?: string | null;
  /** Whether a router has the gateway's address. */
  readonly isRouted?: boolean;
  readonly enableDhcp: boolean;
  readonly dnsNameservers: readonly string[];
  readonly hostRoutes: readonly { readonly destination: string; readonly nexthop: string }[];
}

/** A port bound to this host, its security groups already resolved into rules. */
export interface HostPort {
  /** A UUID: device names are cut from it. */
  readonly id: PortId;
  readonly serverId: ServerId;
  readonly projectId: ProjectId;
  readonly networkId: NetworkId;
  readonly macAddress: string;
  readonly fixedIps: readonly { readonly subnetId: string; readonly ipAddress: string }[];
  /** The host name that DHCP gives the guest. */
  readonly hostname: string;
  /** False: the guest may send anything from any address and receives everything. */
  readonly portSecurityEnabled: boolean;
  readonly allowedAddressPairs: readonly { readonly ipAddress: string; readonly macAddress?: string }[];
  readonly rules: readonly SecurityRule[];
  /** The most that the guest sends and receives, and the mark on what it sends; left out: none. */
  readonly limits?: PortLimits;
  /** DHCP options of this port alone; left out: none. */
  readonly dhcpOptions?: readonly DhcpOption[];
}

/** The most that passes in a direction; what is above is dropped. */
export interface PortLimit {
  /** Kilobits a second. */
  readonly maxKbps: number;
  /** Kilobits at once; 0: a share of the rate. */
  readonly maxBurstKbps: number;
}

/** What quality of service a port gets: `egress` is what the guest sends. */
export interface PortLimits {
  readonly ingress?: PortLimit;
  readonly egress?: PortLimit;
  readonly dscpMark?: number;
}

/** What a rule lets through. Everything else is dropped, except replies to it. */
export interface SecurityRule {
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  /** A protocol's name (tcp, udp, icmp, icmpv6, sctp ...) or number; null is any. */
  readonly protocol: string | null;
  /** First and last destination port; null is any. For ICMP: type and code. */
  readonly portMin: number | null;
  readonly portMax: number | null;
  readonly remote: RuleRemote;
}

/** The remote end: anyone, a prefix, or the present addresses of a group's members (an empty list matches nobody). */
export type RuleRemote =
  | { readonly kind: 'any' }
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] };

/** One difference that was corrected. */
export interface Correction {
  readonly part: 'bridge' | 'address' | 'serving' | 'dhcp' | 'filter' | 'metadata' | 'port' | 'router' | 'tunnel' | 'egress';
  /** A short sentence for the log. */
  readonly what: string;
}

/** Before the first `converge` a driver does not know the other ports: filtering only a new one would cut them off. */
export const HostNotConverged = errorType('HostNotConverged', 'unavailable', () => 'The host has not set up its networks yet.');

/**
 * A host is itself in the external networks that it carries, and has one routing table, so these cannot overlap. Another host may carry
 * this one, so a retry there makes sense. The message goes to the network's user, who must not learn who owns the other network.
 */
export const SubnetsOverlap = errorType(
  'SubnetsOverlap',
  'unavailable',
  (p: { networkId: NetworkId; otherNetworkId: NetworkId }) =>
    `Network ${p.networkId} has addresses that another network on the host has too; a host carries only one of them.`,
);

/** The host itself is in a network with these addresses: carrying ours would cut it off from there. */
export const SubnetIsOfHost = errorType(
  'SubnetIsOfHost',
  'unavailable',
  (p: { networkId: NetworkId }) =>
    `Network ${p.networkId} has addresses of a network that the host itself is in; subnets with other addresses can be carried.`,
);
