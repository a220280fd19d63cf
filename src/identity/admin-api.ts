import type { AdminDeps } from './admin/deps.ts';
import { Credentials } from './admin/credentials.ts';
import { Domains } from './admin/domains.ts';
import { Ec2Credentials } from './admin/ec2-credentials.ts';
import { Grants } from './admin/grants.ts';
import { ProjectTags } from './admin/project-tags.ts';
import { Projects } from './admin/projects.ts';
import { Roles } from './admin/roles.ts';
import { Users } from './admin/users.ts';

/** The administration of the builtin identity service: each part asks the policy before it does anything. */
export class IdentityAdminApi {
  readonly domains: Domains;
  readonly projects: Projects;
  readonly projectTags: ProjectTags;
  readonly users: Users;
  readonly roles: Roles;
  readonly grants: Grants;
  readonly credentials: Credentials;
  readonly ec2Credentials: Ec2Credentials;

  constructor(deps: AdminDeps) {
    this.domains = new Domains(deps);
    this.projects = new Projects(deps);
    this.projectTags = new ProjectTags(deps);
    this.users = new Users(deps);
    this.roles = new Roles(deps);
    this.grants = new Grants(deps, this.roles);
    this.credentials = new Credentials(deps);
    this.ec2Credentials = new Ec2Credentials(deps, this.credentials);
  }
}
