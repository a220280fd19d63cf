import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ResourceOptions } from '../../objects/identity.ts';

type Time = ColumnType<Date, Date | undefined, Date>;

export interface DomainsTable {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
  options: JSONColumnType<ResourceOptions, string | undefined, string>;
  /** What clients keep with it, by their own names. */
  extra: JSONColumnType<Record<string, unknown>, string | undefined, string>;
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
  options: JSONColumnType<ResourceOptions, string | undefined, string>;
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
  /** Tokens name it; raising it ends all earlier tokens. */
  generation: Generated<number>;
  /** What clients keep with it, by their own names. */
  extra: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: Time;
}

export interface RolesTable {
  id: string;
  name: string;
  description: Generated<string>;
  /** Null for a role of the whole cloud. */
  domain_id: string | null;
  options: JSONColumnType<ResourceOptions, string | undefined, string>;
  /** What clients keep with it, by their own names. */
  extra: JSONColumnType<Record<string, unknown>, string | undefined, string>;
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

/** Keys of tokens: the newest one that all processes have read signs, older ones verify until they are deleted. */
export interface TokenKeysTable {
  id: string;
  secret: string;
  created_at: Time;
}

/** Tokens that were revoked before they expired, kept until then. */
export interface RevokedTokensTable {
  audit_id: string;
  expires_at: Date;
}

/** Failed logins by user and address (as a hash), and until when they are locked out. */
export interface LoginFailuresTable {
  subject: string;
  failures: number;
  last_at: Date;
  locked_until: Date;
}

/** One row: its number is raised with every change that may change what a token means. */
export interface IdentityVersionTable {
  number: number;
}

/** From where a user has logged in (a hash of both). */
export interface LoginAddressesTable {
  subject: string;
  last_at: Date;
}

/** A secret of a user, encrypted. */
export interface CredentialsTable {
  /** Of an access key: the hash of its public part. */
  id: string;
  type: string;
  /** What it holds; its id is authenticated with it. */
  sealed: string;
  user_id: string;
  project_id: string | null;
  created_at: Time;
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
  identity_version: IdentityVersionTable;
  login_addresses: LoginAddressesTable;
  credentials: CredentialsTable;
}
