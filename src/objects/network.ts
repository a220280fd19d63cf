/** What the network service keeps: plain records, as its stores read them and its faces show them. */
import type { HostName, NetworkId, PortId, ServerId } from './ids.ts';

interface Kept {
  /** Counts up in the order of creation: lists are stable by it. */
  readonly number: number;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A layer 2 network; a shared one may be used by every project. */
export interface Network extends Kept {
  readonly id: NetworkId;
  readonly isShared: boolean;
  readonly isExternal: boolean;
  readonly adminStateUp: boolean;
  /** What its ports begin with. */
  readonly portSecurityEnabled: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** An operator's own bridge; null: hosts make one. */
  readonly bridge: string | null;
  readonly subnetIds: readonly string[];
}

/** Addresses that may be given away: both ends belong to it. */
export interface AddressPool {
  readonly start: string;
  readonly end: string;
}

export interface HostRoute {
  readonly destination: string;
  readonly nexthop: string;
}

/** Addresses of a network. */
export interface Subnet extends Kept {
  readonly id: string;
  readonly networkId: NetworkId;
  readonly ipVersion: 4 | 6;
  readonly cidr: string;
  readonly gatewayIp: string | null;
  /** What hosts hold there to serve DHCP where there is no gateway whose address they could take. */
  readonly hostIp: string | null;
  readonly enableDhcp: boolean;
  readonly allocationPools: readonly AddressPool[];
  readonly dnsNameservers: readonly string[];
  readonly hostRoutes: readonly HostRoute[];
}

export interface FixedIp {
  readonly subnetId: string;
  readonly ipAddress: string;
}

/** Addresses that a port may use besides its own; without a MAC address with its own. */
export interface AddressPair {
  readonly ipAddress: string;
  readonly macAddress?: string;
}

/** A place on a network for one network card. */
export interface Port extends Kept {
  readonly id: PortId;
  readonly networkId: NetworkId;
  readonly macAddress: string;
  readonly adminStateUp: boolean;
  readonly status: 'ACTIVE' | 'DOWN';
  readonly deviceId: string;
  readonly deviceOwner: string;
  /** The server that has the port. */
  readonly serverId: ServerId | null;
  /** Its place among the ports of its server. */
  readonly serverIndex: number | null;
  /** Deleted with its server; other ports are only set free. */
  readonly isMadeForServer: boolean;
  readonly hostname: string;
  /** Where it is plugged. */
  readonly host: HostName | null;
  readonly portSecurityEnabled: boolean;
  readonly allowedAddressPairs: readonly AddressPair[];
  readonly fixedIps: readonly FixedIp[];
  readonly securityGroupIds: readonly string[];
}

/** Rules for whatever ports are in the group. */
export interface SecurityGroup extends Kept {
  readonly id: string;
  readonly rules: readonly SecurityGroupRule[];
}

/** What one rule lets through. */
export interface SecurityGroupRule extends Omit<Kept, 'name'> {
  readonly id: string;
  readonly groupId: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  /** A name or a number; null is any. */
  readonly protocol: string | null;
  /** Ports, or for ICMP type and code; null is any. */
  readonly portMin: number | null;
  readonly portMax: number | null;
  readonly remoteCidr: string | null;
  readonly remoteGroupId: string | null;
}
