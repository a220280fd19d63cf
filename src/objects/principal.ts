/** A name within a domain, as Keystone's answers show it. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface DomainScoped extends Named {
  readonly domain: Named;
}

/** What a token currently stands for: the user, the project or domain if scoped, and the roles there. */
export interface Principal {
  readonly user: DomainScoped;
  readonly project: DomainScoped | null;
  /** Set only for domain-scoped tokens. */
  readonly domain: Named | null;
  readonly roles: readonly Named[];
}

/** A principal, and the valid generation of the user's tokens: raising it revokes all earlier tokens. */
export interface Standing extends Principal {
  readonly generation: number;
}

/** A token and its content. */
export interface Token extends Standing {
  /** The value of X-Auth-Token. */
  readonly text: string;
  readonly auditId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly methods: readonly string[];
}

/** How a login names the user: by id, or by name within a domain. */
export type UserRef = { readonly id: string } | { readonly name: string; readonly domain: DomainRef };

/** A domain by id or name. */
export type DomainRef = { readonly id: string } | { readonly name: string };

/** The project that a token is requested for. */
export type ProjectRef = { readonly id: string } | { readonly name: string; readonly domain: DomainRef };

/** The requested scope of a token: a project, a domain, or none. */
export type ScopeRef = { readonly project: ProjectRef } | { readonly domain: DomainRef } | null;
