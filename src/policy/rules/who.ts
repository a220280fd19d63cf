/** Conditions that many rules share. */

/** Rules to refer to as `rule:<name>`, also in override files. */
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

export const anyone = '@';
export const admin = 'rule:context_is_admin';
export const member = 'rule:project_member_or_admin';
export const manager = 'rule:project_manager_or_admin';
export const reader = 'rule:project_reader_or_admin';
