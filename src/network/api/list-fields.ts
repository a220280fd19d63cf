/** The fields by which lists are filtered and sorted, by their names on the wire. */

const owned = { id: 'id', tenant_id: 'project_id', project_id: 'project_id' };
const nameless = {
  ...owned,
  description: 'description',
  created_at: 'created_at',
  updated_at: 'updated_at',
  revision_number: 'revision_number',
};
const common = { ...nameless, name: 'name' };

/** The fields of a list: the column of each, and the value of those that are constant. */
export interface ListFields {
  readonly columns: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, string>>;
  readonly hasTags: boolean;
  /** Columns that hold lists: one value of theirs must match. */
  readonly lists?: Readonly<Record<string, string>>;
}

/** Fields that clients filter by but that are never set here. */
const unset = <const N extends readonly string[]>(...names: N) => Object.fromEntries(names.map((name) => [name, '']));

/** By kind of list. */
export const listFields = {
  networks: {
    columns: {
      ...common,
      admin_state_up: 'admin_state_up',
      shared: 'shared',
      'router:external': 'external',
      mtu: 'mtu',
      'provider:network_type': 'network_type',
      'provider:physical_network': 'bridge',
      'provider:segmentation_id': 'vni',
      port_security_enabled: 'port_security_enabled',
      ipv4_address_scope: 'ipv4_address_scope',
      ipv6_address_scope: 'ipv6_address_scope',
      qos_policy_id: 'qos_policy_id',
    },
    constants: {
      ...unset('dns_domain'),
      ...unset('availability_zone_hints', 'availability_zones'),
      status: 'ACTIVE',
      is_default: 'false',
      vlan_transparent: 'false',
    },
    hasTags: true,
  },
  subnets: {
    columns: {
      ...common,
      network_id: 'network_id',
      ip_version: 'ip_version',
      cidr: 'cidr',
      gateway_ip: 'gateway_ip',
      enable_dhcp: 'enable_dhcp',
      ipv6_address_mode: 'ipv6_address_mode',
      ipv6_ra_mode: 'ipv6_ra_mode',
      subnetpool_id: 'subnet_pool_id',
    },
    constants: {
      ...unset('segment_id'),
      dns_publish_fixed_ip: 'false',
    },
    lists: { service_types: 'service_types' },
    hasTags: true,
  },
  ports: {
    columns: {
      ...common,
      network_id: 'network_id',
      mac_address: 'mac_address',
      admin_state_up: 'admin_state_up',
      status: 'status',
      device_id: 'device_id',
      device_owner: 'device_owner',
      qos_policy_id: 'qos_policy_id',
      port_security_enabled: 'port_security_enabled',
    },
    // Only admins see where a port is plugged; for others these fields are unset.
    constants: { ...unset('binding:host_id', 'binding:vif_type', 'dns_name'), 'binding:vnic_type': 'normal' },
    hasTags: true,
  },
  routers: {
    columns: { ...common, admin_state_up: 'admin_state_up' },
    constants: { status: 'ACTIVE' },
    hasTags: true,
  },
  floatingIps: {
    columns: {
      ...nameless,
      floating_network_id: 'network_id',
      floating_ip_address: 'address',
      fixed_ip_address: 'fixed_ip',
      port_id: 'port_id',
      router_id: 'router_id',
      status: 'status',
    },
    constants: {},
    hasTags: true,
  },
  groups: { columns: { ...common, shared: 'shared' }, constants: { stateful: 'true' }, hasTags: true },
  addressScopes: { columns: { ...owned, name: 'name', ip_version: 'ip_version', shared: 'shared' }, constants: {}, hasTags: false },
  subnetPools: {
    columns: {
      ...common,
      ip_version: 'ip_version',
      shared: 'shared',
      is_default: 'is_default',
      default_prefixlen: 'default_prefixlen',
      min_prefixlen: 'min_prefixlen',
      max_prefixlen: 'max_prefixlen',
      default_quota: 'default_quota',
      address_scope_id: 'address_scope_id',
    },
    constants: {},
    hasTags: true,
  },
  ipAvailabilities: {
    columns: { network_id: 'id', network_name: 'name', tenant_id: 'project_id', project_id: 'project_id' },
    constants: {},
    hasTags: false,
  },
  qosPolicies: { columns: { ...common, shared: 'shared', is_default: 'is_default' }, constants: {}, hasTags: true },
  portForwardings: {
    columns: {
      id: 'id',
      description: 'description',
      protocol: 'protocol',
      external_port: 'external_port',
      internal_port: 'internal_port',
      internal_port_id: 'port_id',
      internal_ip_address: 'fixed_ip',
    },
    constants: {},
    hasTags: false,
  },
  rbacPolicies: {
    columns: {
      ...owned,
      object_type: 'object_type',
      object_id: 'object_id',
      action: 'action',
      target_tenant: 'target_project',
      target_project: 'target_project',
    },
    constants: {},
    hasTags: false,
  },
  rules: {
    columns: {
      ...nameless,
      security_group_id: 'group_id',
      direction: 'direction',
      ethertype: 'ethertype',
      protocol: 'protocol',
      port_range_min: 'port_min',
      port_range_max: 'port_max',
      remote_ip_prefix: 'remote_cidr',
      remote_group_id: 'remote_group_id',
    },
    constants: unset('remote_address_group_id', 'normalized_cidr'),
    hasTags: false,
  },
} as const satisfies Record<string, ListFields>;
