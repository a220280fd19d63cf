import { admin, member, reader } from './who.ts';

/** Who may set what could disturb others on the same network. */
const networkOwner = 'rule:context_is_admin or (role:member and project_id:%(network_project_id)s)';

const serviceOrAdmin = 'rule:service_or_admin';

/** Rules of the builtin network service, by Neutron's names. Everybody sees shared networks. */
export const networkRules = {
  get_network: reader,
  create_network: member,
  'create_network:shared': admin,
  'create_network:router:external': admin,
  update_network: member,
  'update_network:shared': admin,
  'update_network:router:external': admin,
  delete_network: member,
  get_subnet: reader,
  create_subnet: member,
  update_subnet: member,
  delete_subnet: member,
  get_port: reader,
  'get_port:binding:host_id': admin,
  create_port: member,
  'create_port:device_owner': networkOwner,
  'create_port:mac_address': networkOwner,
  'create_port:binding:host_id': serviceOrAdmin,
  'create_port:binding:profile': serviceOrAdmin,
  'create_port:fixed_ips': networkOwner,
  'create_port:port_security_enabled': networkOwner,
  'create_port:allowed_address_pairs': networkOwner,
  update_port: member,
  'update_port:device_owner': networkOwner,
  'update_port:mac_address': serviceOrAdmin,
  'update_port:binding:host_id': serviceOrAdmin,
  'update_port:binding:profile': serviceOrAdmin,
  'update_port:fixed_ips': networkOwner,
  'update_port:port_security_enabled': networkOwner,
  'update_port:allowed_address_pairs': networkOwner,
  delete_port: member,
  get_security_group: reader,
  create_security_group: member,
  update_security_group: member,
  delete_security_group: member,
  get_security_group_rule: reader,
  create_security_group_rule: member,
  delete_security_group_rule: member,
  get_availability_zone: reader,
  get_quotas: admin,
  get_quota: reader,
  update_quota: admin,
  delete_quota: admin,
} as const satisfies Record<string, string>;
