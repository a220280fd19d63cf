import { anyone, admin } from './who.ts';

/** The user themselves, or an admin. */
const self = 'rule:context_is_admin or user_id:%(target.user.id)s';

/** Callers within the project, or an admin. */
const ownProject = 'rule:context_is_admin or project_id:%(target.project.id)s';

/** Rules of the builtin identity service, by Keystone's names. An admin of any project or domain is an admin of the cloud. */
export const identityRules = {
  'identity:list_domains': admin,
  'identity:get_domain': 'rule:context_is_admin or token.project.domain.id:%(target.domain.id)s',
  'identity:create_domain': admin,
  'identity:update_domain': admin,
  'identity:delete_domain': admin,
  'identity:list_projects': admin,
  'identity:list_user_projects': self,
  'identity:get_project': ownProject,
  'identity:create_project': admin,
  'identity:update_project': admin,
  'identity:delete_project': admin,
  'identity:list_project_tags': ownProject,
  'identity:get_project_tag': ownProject,
  'identity:update_project_tags': admin,
  'identity:create_project_tag': admin,
  'identity:delete_project_tag': admin,
  'identity:delete_project_tags': admin,
  'identity:list_users': admin,
  'identity:get_user': self,
  'identity:create_user': admin,
  'identity:update_user': admin,
  'identity:delete_user': admin,
  'identity:change_password': self,
  'identity:list_roles': admin,
  'identity:get_role': admin,
  'identity:create_role': admin,
  'identity:update_role': admin,
  'identity:delete_role': admin,
  'identity:list_grants': admin,
  'identity:check_grant': admin,
  'identity:create_grant': admin,
  'identity:revoke_grant': admin,
  'identity:list_role_assignments': self,
  'identity:list_implied_roles': admin,
  'identity:get_implied_role': admin,
  'identity:list_role_inference_rules': admin,
  'identity:list_services': admin,
  'identity:get_service': admin,
  'identity:list_endpoints': admin,
  'identity:get_endpoint': admin,
  'identity:list_regions': anyone,
  'identity:get_region': anyone,
} as const satisfies Record<string, string>;
