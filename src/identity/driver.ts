import type { DomainScoped, Named, ScopeRef, Standing, UserRef } from '../objects/principal.ts';

/** The user whose password was checked, and the generation of their tokens at that time. */
export interface Proven {
  readonly userId: string;
  readonly generation: number;
}

/** A user as failed logins are counted: by id, or by the name that was tried if nobody has it. */
export type Account = { readonly id: string } | { readonly name: string; readonly domain: string };

/** Where users and projects are kept; `builtin` keeps them itself, `keystone` asks a real one. */
export interface IdentityDriver {
  /** The same for every way to name one user, whether the user exists or not. */
  accountOf(user: UserRef): Promise<Account>;
  /** The user with this password, or undefined: callers cannot tell unknown user, wrong password and disabled user apart. */
  verifyPassword(user: UserRef, password: string): Promise<Proven | undefined>;
  /** The user and their present roles in the scope; undefined when either is unknown or disabled, or the user has no role there. */
  principal(userId: string, scope: ScopeRef): Promise<Standing | undefined>;
  /** The projects in which a user has a role. */
  projectsOf(userId: string): Promise<readonly DomainScoped[]>;
  /** The domains in which a user has a role. */
  domainsOf(userId: string): Promise<readonly Named[]>;
  /** Whether there is a project with this id. */
  isProject(id: string): Promise<boolean>;
  /** Whether there is a user with this id. */
  isUser(id: string): Promise<boolean>;
  defaultProjectOf(userId: string): Promise<string | null>;
}
