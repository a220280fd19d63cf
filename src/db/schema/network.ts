import type { NetworkType } from '../../objects/network.ts';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { NetworkQosTables } from './network-qos.ts';
import type { NetworkSharingTables } from './network-sharing.ts';

type Time = ColumnType<Date, Date | undefined, Date>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
type JsonList<T> = JSONColumnType<T[], string, string>;

interface Revised {
  /** A trigger raises it with each change of the row. */
  revision_number: Generated<number>;
}

interface Tagged extends Revised {
  tags: ColumnType<string[], readonly string[] | undefined, readonly string[]>;
}

export interface NetworksTable extends Tagged {
  id: string;
  number: Generated<number>;
  project_id: string;
  name: string;
  description: Defaulted<string>;
  shared: Defaulted<boolean>;
  external: Defaulted<boolean>;
  admin_state_up: Defaulted<boolean>;
  port_security_enabled: Defaulted<boolean>;
  /** Bytes. */
  mtu: number;
  /** What limits the ports of guests on it that have no policy of their own. */
  qos_policy_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** An operator's existing bridge, of this name on every host. */
  bridge: ColumnType<string | null, string | null | undefined, string | null>;
  /** The number of its frames on the way between hosts; networks that do not go there have one, too. */
  segmentation_id: Defaulted<number>;
  /** Both follow from the other columns. */
  network_type: ColumnType<NetworkType, never, never>;
  vni: ColumnType<number | null, never, never>;
  created_at: Time;
  updated_at: Time;
}

type Ipv6Mode = 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless';

export interface SubnetsTable extends Tagged {
  id: string;
  number: Generated<number>;
  network_id: string;
  project_id: string;
  name: string;
  description: Defaulted<string>;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  /** The address that hosts take on the subnet when it has no gateway, or one that is a router. */
  host_ip: ColumnType<string | null, string | null | undefined, string | null>;
  /** Whether a router has the gateway's address. */
  is_routed: Defaulted<boolean>;
  enable_dhcp: boolean;
  allocation_pools: JsonList<{ start: string; end: string }>;
  dns_nameservers: JsonList<string>;
  host_routes: JsonList<{ destination: string; nexthop: string }>;
  ipv6_ra_mode: ColumnType<Ipv6Mode | null, Ipv6Mode | null | undefined, never>;
  ipv6_address_mode: ColumnType<Ipv6Mode | null, Ipv6Mode | null | undefined, never>;
  /** The pool that it was cut from. */
  subnet_pool_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** The owners of the ports that it is for; none: all. */
  service_types: ColumnType<string[], readonly string[] | undefined, readonly string[]>;
  created_at: Time;
  updated_at: Time;
}

export interface PortsTable extends Tagged {
  id: string;
  number: Generated<number>;
  project_id: string;
  network_id: string;
  name: Defaulted<string>;
  description: Defaulted<string>;
  mac_address: string;
  admin_state_up: Defaulted<boolean>;
  status: Defaulted<'ACTIVE' | 'DOWN'>;
  /** Set by the port's owner; for a server's port, the server. */
  device_id: Defaulted<string>;
  device_owner: Defaulted<string>;
  /** The server that has the port: unlike `device_id`, only the service itself writes it. */
  server_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** The port's place among those of its server. */
  server_index: ColumnType<number | null, number | null | undefined, number | null>;
  /** Whether it is deleted with its server; other ports are only detached. */
  made_for_server: Defaulted<boolean>;
  hostname: Defaulted<string>;
  /** The tag by which the server's guest knows the port. */
  server_tag: ColumnType<string | null, string | null | undefined, string | null>;
  port_security_enabled: Defaulted<boolean>;
  allowed_address_pairs: JSONColumnType<{ ipAddress: string; macAddress?: string }[], string | undefined, string>;
  /** What limits it. */
  qos_policy_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** Where an admin wants it while no server has it. */
  wanted_host: ColumnType<string | null, string | null | undefined, string | null>;
  binding_profile: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  extra_dhcp_options: JSONColumnType<{ name: string; value: string; ipVersion: 4 | 6 }[], string | undefined, string>;
  /** The router whose device it is: unlike `device_id`, only the service itself writes it. */
  router_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** What it is to the router: its way into a network of guests, or out into an external one. */
  router_part: ColumnType<RouterPart | null, RouterPart | null | undefined, RouterPart | null>;
  created_at: Time;
  updated_at: Time;
}

/** A host that carries a port. A port may have several; the active one is where its guest runs. */
export interface PortBindingsTable {
  port_id: string;
  host: string;
  is_active: Defaulted<boolean>;
}

/** Where the other hosts reach a host that carries networks; one that has no row is reached by none. */
export interface NetworkHostsTable {
  host: string;
  tunnel_address: string;
  updated_at: Time;
}

/** The network service's state of a server, also of one without ports. */
export interface ServerNetworkingTable {
  server_id: string;
  /** The highest fence of the requests that changed its ports: a request with a lower one is late. */
  fence: Defaulted<number>;
  /** Raised with every possible change of its addresses. */
  version: Defaulted<number>;
  /** False until compute has been told the current version. */
  is_told: Defaulted<boolean>;
  updated_at: Time;
}

/** Which port has which address; an address of a subnet has at most one row. */
export interface IpAllocationsTable {
  subnet_id: string;
  ip_address: string;
  port_id: string;
}

export interface SecurityGroupsTable extends Tagged {
  id: string;
  number: Generated<number>;
  project_id: string;
  name: string;
  description: Defaulted<string>;
  created_at: Time;
  updated_at: Time;
}

export interface SecurityGroupRulesTable extends Revised {
  id: string;
  number: Generated<number>;
  group_id: string;
  project_id: string;
  description: Defaulted<string>;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_min: number | null;
  port_max: number | null;
  remote_cidr: string | null;
  remote_group_id: string | null;
  created_at: Time;
  updated_at: Time;
}

/** An incoming rule that the default group of each new project gets. */
export interface SecurityGroupDefaultRulesTable {
  id: Generated<number>;
  ethertype: 'IPv4' | 'IPv6';
  protocol: string;
  port_min: number | null;
  port_max: number | null;
  remote_cidr: string;
}

export interface PortSecurityGroupsTable {
  port_id: string;
  group_id: string;
}

type RouterPart = 'interface' | 'gateway';

/** What forwards packets between networks; its devices are ports. */
export interface RoutersTable extends Tagged {
  id: string;
  number: Generated<number>;
  project_id: string;
  name: Defaulted<string>;
  description: Defaulted<string>;
  admin_state_up: Defaulted<boolean>;
  /** Whether what leaves by the gateway gets the gateway's address. */
  enable_snat: Defaulted<boolean>;
  routes: JSONColumnType<{ destination: string; nexthop: string }[], string | undefined, string>;
  created_at: Time;
  updated_at: Time;
}

/** An address of an external network that a project holds. */
export interface FloatingIpsTable extends Tagged {
  id: string;
  number: Generated<number>;
  project_id: string;
  description: Defaulted<string>;
  /** The external network. */
  network_id: string;
  address: string;
  /** The port that holds the address. */
  own_port_id: string;
  created_at: Time;
  updated_at: Time;
}

/** Where a floating IP leads to: an address of a port, behind a router. */
export interface FloatingIpTargetsTable {
  floating_ip_id: string;
  /** The external network: a fixed address has one floating IP of each. */
  network_id: string;
  port_id: string;
  subnet_id: string;
  fixed_ip: string;
  router_id: string;
}

/** A port of a floating IP that leads to a port of a guest. */
export interface PortForwardingsTable {
  id: string;
  number: Generated<number>;
  description: Defaulted<string>;
  floating_ip_id: string;
  protocol: 'tcp' | 'udp';
  external_port: number;
  port_id: string;
  subnet_id: string;
  fixed_ip: string;
  internal_port: number;
  router_id: string;
}

/** A limit that an operator set for a project; -1 is unlimited. */
export interface NetworkQuotasTable {
  project_id: string;
  resource: string;
  hard_limit: number;
}

export interface NetworkTables extends NetworkSharingTables, NetworkQosTables {
  networks: NetworksTable;
  subnets: SubnetsTable;
  ports: PortsTable;
  port_bindings: PortBindingsTable;
  network_hosts: NetworkHostsTable;
  server_networking: ServerNetworkingTable;
  ip_allocations: IpAllocationsTable;
  security_groups: SecurityGroupsTable;
  security_group_rules: SecurityGroupRulesTable;
  security_group_default_rules: SecurityGroupDefaultRulesTable;
  port_security_groups: PortSecurityGroupsTable;
  network_quotas: NetworkQuotasTable;
  routers: RoutersTable;
  floating_ips: FloatingIpsTable;
  floating_ip_targets: FloatingIpTargetsTable;
  port_forwardings: PortForwardingsTable;
}
