/**
 * What a network driver does for one host: makes bridges, addresses, DHCP and packet filters equal to what the network service wants there.
 * It refuses to know tenants' requests, databases or queues: everything it needs arrives resolved.
 */
import { errorType } from '../../lib/errors/error-type.ts';
import type { NetworkId, PortId, ProjectId, ServerId } from '../../objects/ids.ts';
import type { Vif } from '../../objects/network-info.ts';

/** One host's networking. Calls may overlap; the driver puts them in order. */
export interface NetworkDriver {
  /** Makes the host's world equal to `wanted`; safe to repeat. Must be called once before the others. Returns what it corrected. */
  converge(wanted: HostNetworking): Promise<readonly Correction[]>;
  /** A port appears or changes here, with the network it lies on: the fast path of `converge`. The hypervisor then makes the tap on the bridge. */
  plug(port: HostPort, network: HostNetwork): Promise<Vif>;
  /** A port leaves this host; one that is not here is no error. Its network stays until the next `converge`. */
  unplug(portId: PortId): Promise<void>;
  /** New rules for ports that are here; the others of the list are ignored. */
  updateSecurity(ports: readonly HostPort[]): Promise<void>;
  /** Stops serving from this process. Guests keep their network: bridges, filters and DHCP stay. */
  close(): Promise<void>;
}

/** All that one host must carry. */
export interface HostNetworking {
  /** The oldest first: of two whose addresses overlap the first is carried. */
  readonly networks: readonly HostNetwork[];
  readonly ports: readonly HostPort[];
}

export interface HostNetwork {
  readonly id: NetworkId;
  readonly name: string;
  /** An operator's own bridge; without it the driver makes one, named after the network's id. */
  readonly bridge?: string;
  /** Bytes. */
  readonly mtu: number;
  readonly subnets: readonly HostSubnet[];
}

export interface HostSubnet {
  readonly id: string;
  readonly cidr: string;
  readonly gatewayIp: string | null;
  /** The address that this host itself holds on the subnet and serves DHCP from; null means the gateway's. */
  readonly hostIp?: string | null;
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
  /** What DHCP tells the guest to call itself. */
  readonly hostname: string;
  /** False: the guest may send anything from any address and receives everything. */
  readonly portSecurityEnabled: boolean;
  readonly allowedAddressPairs: readonly { readonly ipAddress: string; readonly macAddress?: string }[];
  readonly rules: readonly SecurityRule[];
}

/** What a rule lets through; what no rule names is dropped, except answers to what was let through. */
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

/** Who is at the other end: anyone, a prefix, or the present addresses of a group's members (none matches nobody). */
export type RuleRemote =
  | { readonly kind: 'any' }
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] };

/** One thing that was not as wanted, put right. */
export interface Correction {
  readonly part: 'bridge' | 'address' | 'dhcp' | 'filter' | 'metadata' | 'port';
  /** A short sentence for the log. */
  readonly what: string;
}

/** The first `converge` tells a driver which ports exist; before it, filtering only the new one would cut off the others. */
export const HostNotConverged = errorType('HostNotConverged', 'unavailable', () => 'The host has not set up its networks yet.');

/**
 * A host has one routing table: it cannot carry two networks with common addresses. Another host may carry this one, so it is worth
 * a try there. The sentence goes to the network's user, who must not learn whose the other network is.
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
