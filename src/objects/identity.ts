/** What the identity service keeps: domains with projects and users in them, roles, and who has which role where. */
import type { DomainScoped, Named } from './principal.ts';

/** A realm of names: projects and users of two domains may be called the same. */
export interface Domain extends Named {
  readonly description: string;
  readonly enabled: boolean;
}

/** What clients keep with something, by names of their own; it means nothing to the cloud. */
export type Extra = Readonly<Record<string, unknown>>;

/** What resources belong to. */
export interface Project extends Named {
  readonly domainId: string;
  readonly description: string;
  readonly enabled: boolean;
  /** Null at the top of its domain. */
  readonly parentId: string | null;
  readonly tags: readonly string[];
  readonly extra: Extra;
}

/** Who logs in; the hash of the password never leaves the stores. */
export interface User extends Named {
  readonly domainId: string;
  readonly description: string | null;
  readonly email: string | null;
  readonly defaultProjectId: string | null;
  readonly enabled: boolean;
  readonly extra: Extra;
}

/** What somebody may be to a project or domain. */
export interface Role extends Named {
  readonly description: string;
}

/** Where a role is given. */
export type GrantScope = { readonly projectId: string } | { readonly domainId: string };

/** One role of one user in one place. */
export interface Grant {
  readonly userId: string;
  readonly roleId: string;
  readonly scope: GrantScope;
}

/** A grant with the names of all it speaks of. */
export interface RoleAssignment {
  readonly user: DomainScoped;
  readonly role: Named;
  readonly scope: { readonly project: DomainScoped } | { readonly domain: Named };
  /** The role by which this one is had, where it is not given itself. */
  readonly impliedBy?: Named;
}

/** The roles that policy speaks of: they can be neither changed nor deleted. */
export const builtInRoles: readonly string[] = ['admin', 'manager', 'member', 'reader', 'service'];

/** Which role brings which others with it, as in a fresh Keystone. */
export const impliedRoles: Readonly<Record<string, readonly string[]>> = {
  admin: ['manager', 'member', 'reader'],
  manager: ['member', 'reader'],
  member: ['reader'],
};

/** The domain that every cloud has; clients that know of no domains mean it. */
export const DEFAULT_DOMAIN = 'default';
