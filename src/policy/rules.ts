/** The names of what may be done, with who may do it by default: Nova's names and defaults, in one place. */

/** Building blocks that rules refer to as `rule:<name>`; also for use in override files. */
export const helperRules = {
  context_is_admin: 'role:admin',
  admin_api: 'rule:context_is_admin',
  project_manager_api: 'role:manager and project_id:%(project_id)s',
  project_member_api: 'role:member and project_id:%(project_id)s',
  project_reader_api: 'role:reader and project_id:%(project_id)s',
  project_manager_or_admin: 'rule:project_manager_api or rule:context_is_admin',
  project_member_or_admin: 'rule:project_member_api or rule:context_is_admin',
  project_reader_or_admin: 'rule:project_reader_api or rule:context_is_admin',
  service_api: 'role:service',
  service_or_admin: 'rule:service_api or rule:context_is_admin',
  admin_or_owner: 'rule:context_is_admin or project_id:%(project_id)s',
} as const;

const anyone = '@';
const admin = 'rule:context_is_admin';
const member = 'rule:project_member_or_admin';
const reader = 'rule:project_reader_or_admin';
/** Who may choose what could disturb others on the same network. */
const networkOwner = 'rule:context_is_admin or (role:member and project_id:%(network_project_id)s)';
const ownerUser = 'rule:context_is_admin or user_id:%(user_id)s';

/** Every rule that the code asks for, and its default. */
export const rules = {
  'os_compute_api:servers:index': reader,
  'os_compute_api:servers:index:get_all_tenants': admin,
  'os_compute_api:servers:detail': reader,
  'os_compute_api:servers:detail:get_all_tenants': admin,
  'os_compute_api:servers:allow_all_filters': admin,
  'os_compute_api:servers:show': reader,
  'os_compute_api:servers:show:host_status': admin,
  'os_compute_api:servers:show:host_status:unknown-only': admin,
  'os_compute_api:servers:create': member,
  'os_compute_api:servers:create:forced_host': admin,
  'compute:servers:create:requested_destination': admin,
  'os_compute_api:servers:create:attach_volume': member,
  'os_compute_api:servers:create:attach_network': member,
  'os_compute_api:servers:create:trusted_certs': member,
  'os_compute_api:servers:create:zero_disk_flavor': admin,
  'os_compute_api:servers:update': member,
  'os_compute_api:servers:delete': member,

  'os_compute_api:servers:start': member,
  'os_compute_api:servers:stop': member,
  'os_compute_api:servers:reboot': member,
  'os_compute_api:os-pause-server:pause': member,
  'os_compute_api:os-pause-server:unpause': member,
  'os_compute_api:os-suspend-server:suspend': member,
  'os_compute_api:os-suspend-server:resume': member,
  'os_compute_api:os-lock-server:lock': member,
  'os_compute_api:os-lock-server:unlock': member,
  'os_compute_api:os-lock-server:unlock:unlock_override': admin,
  'os_compute_api:os-admin-actions:reset_state': admin,
  'os_compute_api:os-console-output': member,

  'os_compute_api:os-extended-server-attributes': admin,
  'os_compute_api:os-instance-actions:list': reader,
  'os_compute_api:os-instance-actions:show': reader,
  'os_compute_api:os-instance-actions:events': admin,
  'os_compute_api:os-instance-actions:events:details': admin,
  'os_compute_api:ips:index': reader,
  'os_compute_api:ips:show': reader,
  'os_compute_api:server-metadata:index': reader,
  'os_compute_api:server-metadata:show': reader,
  'os_compute_api:server-metadata:create': member,
  'os_compute_api:server-metadata:update': member,
  'os_compute_api:server-metadata:update_all': member,
  'os_compute_api:server-metadata:delete': member,

  'os_compute_api:os-flavor-manage:create': admin,
  'os_compute_api:os-flavor-manage:update': admin,
  'os_compute_api:os-flavor-manage:delete': admin,
  'os_compute_api:os-flavor-access': admin,
  'os_compute_api:os-flavor-access:add_tenant_access': admin,
  'os_compute_api:os-flavor-access:remove_tenant_access': admin,
  'os_compute_api:os-flavor-extra-specs:index': reader,
  'os_compute_api:os-flavor-extra-specs:show': reader,
  'os_compute_api:os-flavor-extra-specs:create': admin,
  'os_compute_api:os-flavor-extra-specs:update': admin,
  'os_compute_api:os-flavor-extra-specs:delete': admin,

  'os_compute_api:os-keypairs:index': ownerUser,
  'os_compute_api:os-keypairs:show': ownerUser,
  'os_compute_api:os-keypairs:create': ownerUser,
  'os_compute_api:os-keypairs:delete': ownerUser,

  'os_compute_api:limits': anyone,
  'os_compute_api:limits:other_project': admin,
  'os_compute_api:extensions': anyone,
  'os_compute_api:os-availability-zone:list': anyone,
  'os_compute_api:os-availability-zone:detail': admin,
  'os_compute_api:os-services:list': admin,
  'os_compute_api:os-services:update': admin,
  'os_compute_api:os-services:delete': admin,
  'os_compute_api:os-hypervisors:list': admin,
  'os_compute_api:os-hypervisors:list-detail': admin,
  'os_compute_api:os-hypervisors:show': admin,
  'os_compute_api:os-hypervisors:search': admin,
  'os_compute_api:os-hypervisors:servers': admin,
  'os_compute_api:os-hypervisors:statistics': admin,
  'os_compute_api:os-hypervisors:uptime': admin,

  'os_compute_api:os-trace:show': admin,

  // The builtin image service, by Glance's names; who sees which image is a matter of its visibility.
  add_image: member,
  modify_image: member,
  upload_image: member,
  delete_image: member,
  publicize_image: admin,
  communitize_image: member,

  // The builtin network service, by Neutron's names; shared networks are seen by everybody.
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
  'create_port:mac_address': networkOwner,
  'create_port:fixed_ips': networkOwner,
  'create_port:port_security_enabled': networkOwner,
  'create_port:allowed_address_pairs': networkOwner,
  update_port: member,
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
} as const satisfies Record<string, string>;

/** The name of a rule; a misspelt one does not compile. */
export type PolicyRule = keyof typeof rules;
