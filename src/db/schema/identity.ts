import type { ColumnType, Generated, JSONColumnType } from 'kysely';

type Time = ColumnType<Date, Date | undefined, Date>;

export interface DomainsTable {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
}

export interface ProjectsTable {
  id: string;
  domain_id: string;
  name: string;
  description: string;
  enabled: boolean;
  /** Null at the top of its domain. */
  parent_id: string | null;
  tags: JSONColumnType<string[], string | undefined, string>;
  /** What clients keep with it, by their own names. */
  extra: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: Time;
}

export interface UsersTable {
  id: string;
  domain_id: string;
  name: string;
  password_hash: string | null;
  default_project_id: string | null;
  email: string | null;
  description: string | null;
  enabled: boolean;
  /** Tokens name it; raising it ends all that were given before. */
  generation: Generated<number>;
  /** What clients keep with it, by their own names. */
  extra: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: Time;
}

export interface RolesTable {
  id: string;
  name: string;
  description: Generated<string>;
}

/** A user's role in a project. */
export interface RoleAssignmentsTable {
  user_id: string;
  project_id: string;
  role_id: string;
}

/** A user's role in a domain. */
export interface DomainRoleAssignmentsTable {
  user_id: string;
  domain_id: string;
  role_id: string;
}

/** Keys that sign tokens: the newest that all processes know signs, older ones still check until they are gone. */
export interface TokenKeysTable {
  id: string;
  secret: string;
  created_at: Time;
}

/** Tokens that were taken back before their time, until that time. */
export interface RevokedTokensTable {
  audit_id: string;
  expires_at: Date;
}

/** Failed logins by whom they were tried as and from where (a hash), and until when nobody may try again. */
export interface LoginFailuresTable {
  subject: string;
  failures: number;
  last_at: Date;
  locked_until: Date;
}

export interface IdentityTables {
  domains: DomainsTable;
  projects: ProjectsTable;
  users: UsersTable;
  roles: RolesTable;
  role_assignments: RoleAssignmentsTable;
  domain_role_assignments: DomainRoleAssignmentsTable;
  token_keys: TokenKeysTable;
  revoked_tokens: RevokedTokensTable;
  login_failures: LoginFailuresTable;
}
