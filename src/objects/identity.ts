/** The records of the identity service: domains with their projects and users, roles, and role assignments. */
import type { DomainScoped, Named } from './principal.ts';

/** Options of a domain, project or role, as Keystone defines them. */
export interface ResourceOptions {
  /** It can be neither changed nor deleted until this is unset. */
  readonly immutable?: boolean;
}

/** A namespace: projects and users of two domains may have the same name. */
export interface Domain extends Named {
  readonly description: string;
  readonly enabled: boolean;
  readonly options: ResourceOptions;
  readonly extra: Extra;
}

/** Extra fields that clients store with a resource; the cloud ignores them. */
export type Extra = Readonly<Record<string, unknown>>;

/** A project owns resources. */
export interface Project extends Named {
  readonly domainId: string;
  readonly description: string;
  readonly enabled: boolean;
  /** Null at the top of its domain. */
  readonly parentId: string | null;
  readonly tags: readonly string[];
  readonly options: ResourceOptions;
  readonly extra: Extra;
}

/** The maximum number of tags of a project, as in Keystone. */
export const MAX_TAGS = 80;

/** A user account; the password hash never leaves the stores. */
export interface User extends Named {
  readonly domainId: string;
  readonly description: string | null;
  readonly email: string | null;
  readonly defaultProjectId: string | null;
  readonly enabled: boolean;
  readonly extra: Extra;
}

/** A role that a user can have in a project or domain. */
export interface Role extends Named {
  readonly description: string;
  /** Null for a role of the whole cloud. One of a domain can be granted only there, and appears in no token. */
  readonly domainId: string | null;
  readonly options: ResourceOptions;
  readonly extra: Extra;
}

/** A secret of a user beside their password, such as an access key. */
export interface Credential {
  readonly id: string;
  readonly type: string;
  /** What it holds; of an access key the JSON of its two parts. */
  readonly blob: string;
  readonly userId: string;
  readonly projectId: string | null;
}

/** A condition on the name of a domain, project, user or role. */
export interface NameMatch {
  readonly how: 'contains' | 'startsWith' | 'endsWith';
  readonly ignoreCase: boolean;
  readonly text: string;
}

/** Where a role is granted. */
export type GrantScope = { readonly projectId: string } | { readonly domainId: string };

/** A grant: one role of one user in one project or domain. */
export interface Grant {
  readonly userId: string;
  readonly roleId: string;
  readonly scope: GrantScope;
}

/** A grant with the names of its user, role and place. */
export interface RoleAssignment {
  readonly user: DomainScoped;
  readonly role: Named & { readonly domain: Named | null };
  readonly scope: { readonly project: DomainScoped } | { readonly domain: Named };
  /** The role that implies this one, unless it is granted directly. */
  readonly impliedBy?: Named;
}

/** The roles that the policy uses: they can be neither changed nor deleted. */
export const builtInRoles: readonly string[] = ['admin', 'manager', 'member', 'reader', 'service'];

export const isBuiltIn = ({ name, domainId }: Pick<Role, 'name' | 'domainId'>): boolean => domainId === null && builtInRoles.includes(name);

/** Which roles each role implies, as in a fresh Keystone. */
export const impliedRoles: Readonly<Record<string, readonly string[]>> = {
  admin: ['manager', 'member', 'reader'],
  manager: ['member', 'reader'],
  member: ['reader'],
};

/** The default domain, which every cloud has; clients without domain support use it. */
export const DEFAULT_DOMAIN = 'default';
