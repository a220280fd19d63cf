/** A name within a domain, as Keystone's answers show it. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface DomainScoped extends Named {
  readonly domain: Named;
}

/** Who a token stands for, as of now: the user, the project or domain if it has one, the roles there. */
export interface Principal {
  readonly user: DomainScoped;
  readonly project: DomainScoped | null;
  /** Set only for tokens of a whole domain. */
  readonly domain: Named | null;
  readonly roles: readonly Named[];
}

/** A principal, and which generation of the user's tokens is good: raised whenever all that were given before shall end. */
export interface Standing extends Principal {
  readonly generation: number;
}

/** A token and what it says. */
export interface Token extends Standing {
  /** The text that clients send as X-Auth-Token. */
  readonly text: string;
  readonly auditId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly methods: readonly string[];
}

/** How a user is named when they log in: by id, or by name within a domain. */
export type UserRef = { readonly id: string } | { readonly name: string; readonly domain: DomainRef };

/** A domain by id or name. */
export type DomainRef = { readonly id: string } | { readonly name: string };

/** The project that a token is to be good for. */
export type ProjectRef = { readonly id: string } | { readonly name: string; readonly domain: DomainRef };

/** Where a token is to be good: in a project, in a domain, or nowhere. */
export type ScopeRef = { readonly project: ProjectRef } | { readonly domain: DomainRef } | null;
