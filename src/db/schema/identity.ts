import type { ColumnType } from 'kysely';

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
  created_at: Time;
}

export interface UsersTable {
  id: string;
  domain_id: string;
  name: string;
  password_hash: string | null;
  default_project_id: string | null;
  email: string | null;
  enabled: boolean;
  created_at: Time;
}

export interface RolesTable {
  id: string;
  name: string;
}

/** A user's role in a project. */
export interface RoleAssignmentsTable {
  user_id: string;
  project_id: string;
  role_id: string;
}

/** Keys that sign tokens: the newest signs, older ones still check until they are gone. */
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

export interface IdentityTables {
  domains: DomainsTable;
  projects: ProjectsTable;
  users: UsersTable;
  roles: RolesTable;
  role_assignments: RoleAssignmentsTable;
  token_keys: TokenKeysTable;
  revoked_tokens: RevokedTokensTable;
}
