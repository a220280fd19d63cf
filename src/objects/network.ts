/** The records of the network service, as its stores read them and its APIs show them. */
import type { HostName, NetworkId, PortId, ServerId } from './ids.ts';

/** What every record has. */
export interface Kept {
  /** Rises with each change, also of what belongs to it, such as a group's rules. */
  readonly revisionNumber: number;
  /** Rises in creation order, which keeps list order stable. */
  readonly number: number;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What clients may put words on. */
export interface Tagged extends Kept {
  readonly tags: readonly string[];
}

/**
 * What a network is on the wire, in Neutron's words: in frames of its own between hosts, on a bridge of the operator's or, for an external
 * network of which each host is the gateway, not beyond the host.
 */
export type NetworkType = 'vxlan' | 'flat' | 'local';

/** A layer 2 network; a shared one may be used by every project. */
export interface Network extends Tagged {
  readonly id: NetworkId;
  readonly isShared: boolean;
  readonly isExternal: boolean;
  readonly adminStateUp: boolean;
  /** The default port security of its ports. */
  readonly portSecurityEnabled: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** The QoS policy of its guests' ports that have none of their own. */
  readonly qosPolicyId: string | null;
  /** A bridge that the operator provides; null: hosts create one. */
  readonly bridge: string | null;
  readonly networkType: NetworkType;
  /** The number of its frames on the way between hosts; null where they do not go there. */
  readonly vni: number | null;
  readonly subnetIds: readonly string[];
  /** The address scopes of its subnets, by IP version. */
  readonly addressScopes: { readonly 4?: string; readonly 6?: string };
}

/** An allocation range; both ends are included. */
export interface AddressPool {
  readonly start: string;
  readonly end: string;
}

export interface HostRoute {
  readonly destination: string;
  readonly nexthop: string;
}

/** How guests learn IPv6 addresses: from their MAC address and the prefix, or by DHCP; `stateless` DHCP only adds options. */
export type Ipv6Mode = 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless';

/** A range of addresses of a network. */
export interface Subnet extends Tagged {
  readonly id: string;
  readonly networkId: NetworkId;
  readonly ipVersion: 4 | 6;
  readonly cidr: string;
  readonly gatewayIp: string | null;
  /** The address that hosts use to serve DHCP when there is no gateway whose address they could use, or a router has it. */
  readonly hostIp: string | null;
  /** Whether a router has the gateway's address; otherwise hosts have it. */
  readonly isRouted: boolean;
  readonly enableDhcp: boolean;
  readonly allocationPools: readonly AddressPool[];
  readonly dnsNameservers: readonly string[];
  readonly hostRoutes: readonly HostRoute[];
  /** What router advertisements tell guests; null: no router of ours sends any. */
  readonly ipv6RaMode: Ipv6Mode | null;
  /** How guests get its addresses; null: not by us. */
  readonly ipv6AddressMode: Ipv6Mode | null;
  /** The pool that it was cut from. */
  readonly subnetPoolId: string | null;
  /** The owners of the ports that it is for, such as `network:floatingip`; none: all. */
  readonly serviceTypes: readonly string[];
}

export interface FixedIp {
  readonly subnetId: string;
  readonly ipAddress: string;
}

/** Addresses that a port may use besides its own; the MAC address defaults to the port's. */
export interface AddressPair {
  readonly ipAddress: string;
  readonly macAddress?: string;
}

/** A DHCP option that one port gets beside those of its subnets. */
export interface DhcpOption {
  /** Its name, or its number. */
  readonly name: string;
  readonly value: string;
  readonly ipVersion: 4 | 6;
}

/** The attachment point of one network card to a network. */
export interface Port extends Tagged {
  readonly id: PortId;
  readonly networkId: NetworkId;
  readonly macAddress: string;
  readonly adminStateUp: boolean;
  readonly status: 'ACTIVE' | 'DOWN';
  readonly deviceId: string;
  readonly deviceOwner: string;
  /** The server that the port is attached to. */
  readonly serverId: ServerId | null;
  /** Its index among the ports of its server. */
  readonly serverIndex: number | null;
  /** Whether the port is deleted with its server; other ports are only detached. */
  readonly isMadeForServer: boolean;
  /** The tag by which its server's guest knows it. */
  readonly serverTag: string | null;
  readonly hostname: string;
  /** The router whose device it is. */
  readonly routerId: string | null;
  /** The host that it is bound to. */
  readonly host: HostName | null;
  /** What an admin wrote down for a port without a server: a host, and details for whoever plugs it. Nothing here acts on it. */
  readonly wantedHost: string | null;
  readonly bindingProfile: Readonly<Record<string, unknown>>;
  readonly portSecurityEnabled: boolean;
  readonly allowedAddressPairs: readonly AddressPair[];
  readonly fixedIps: readonly FixedIp[];
  readonly securityGroupIds: readonly string[];
  readonly extraDhcpOptions: readonly DhcpOption[];
  readonly qosPolicyId: string | null;
}

/** A device of a router: its port with its addresses. */
export interface RouterLeg {
  readonly portId: PortId;
  readonly networkId: NetworkId;
  readonly macAddress: string;
  readonly fixedIps: readonly FixedIp[];
}

/** What forwards packets between networks and, by its gateway, to an external one. */
export interface Router extends Tagged {
  readonly id: string;
  readonly adminStateUp: boolean;
  /** Whether what leaves by the gateway gets the gateway's address. */
  readonly isTranslating: boolean;
  readonly routes: readonly HostRoute[];
  readonly gateway: RouterLeg | null;
  readonly interfaces: readonly RouterLeg[];
}

/** All devices of a router, its gateway first. */
export const legsOf = ({ gateway, interfaces }: Pick<Router, 'gateway' | 'interfaces'>): readonly RouterLeg[] =>
  gateway ? [gateway, ...interfaces] : interfaces;

/** Where a floating IP leads to. */
export interface FloatingTarget {
  readonly portId: PortId;
  readonly subnetId: string;
  readonly fixedIp: string;
  readonly routerId: string;
}

/** A port of a floating IP, led to a port of an address behind a router. */
export interface PortForwarding extends FloatingTarget {
  readonly id: string;
  readonly number: number;
  readonly description: string;
  readonly floatingIpId: string;
  readonly protocol: 'tcp' | 'udp';
  readonly externalPort: number;
  readonly internalPort: number;
}

/** An address of an external network that a project holds, and can have translated to that of a port. */
export interface FloatingIp extends Omit<Tagged, 'name'> {
  readonly id: string;
  readonly networkId: NetworkId;
  readonly address: string;
  /** The port that holds the address. */
  readonly ownPortId: PortId;
  /** ACTIVE while a plugged port is reached by it. */
  readonly status: 'ACTIVE' | 'DOWN';
  readonly target: FloatingTarget | null;
  /** Single ports that lead somewhere, while it does not as a whole. */
  readonly forwardings: readonly Omit<PortForwarding, 'number'>[];
}

/** Rules for the ports in the group. */
export interface SecurityGroup extends Tagged {
  readonly id: string;
  /** Whether others than its owner may put ports into it. */
  readonly isShared: boolean;
  readonly rules: readonly SecurityGroupRule[];
}

/** A group by its name. */
export type NamedGroup = Pick<SecurityGroup, 'id' | 'name' | 'projectId'>;

/** The traffic that one rule allows. */
export interface SecurityGroupRule extends Omit<Kept, 'name'> {
  readonly id: string;
  readonly groupId: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  /** A protocol name or number; null is any. */
  readonly protocol: string | null;
  /** The port range, or for ICMP type and code; null is any. */
  readonly portMin: number | null;
  readonly portMax: number | null;
  readonly remoteCidr: string | null;
  readonly remoteGroupId: string | null;
}

/** An incoming rule that the default group of each new project gets. */
export interface DefaultRule extends Pick<SecurityGroupRule, 'ethertype' | 'portMin' | 'portMax'> {
  readonly id: number;
  readonly protocol: string;
  readonly remoteCidr: string;
}

/** The network service of a host, which carries its guests' networks, DHCP, filters and routers. */
export interface NetworkAgent {
  readonly id: string;
  readonly host: string;
  readonly binary: string;
  readonly zone: string;
  /** Whether its heartbeat is recent. */
  readonly isAlive: boolean;
  readonly heardAt: Date;
}
