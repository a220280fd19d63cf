import type { DomainScoped, Named, ScopeRef, Standing, UserRef } from '../objects/principal.ts';

/** Whose password it was, and which generation of their tokens was good when it was looked up. */
export interface Proven {
  readonly userId: string;
  readonly generation: number;
}

/** Where users and projects are kept; `builtin` keeps them itself, `keystone` asks a real one. */
export interface IdentityDriver {
  /** Whose password this is, or undefined: unknown user, wrong password and disabled user are one to whoever asks. */
  verifyPassword(user: UserRef, password: string): Promise<Proven | undefined>;
  /** The user as they stand now, where the scope says; undefined when either is unknown or disabled, or the user has no role there. */
  principal(userId: string, scope: ScopeRef): Promise<Standing | undefined>;
  /** The projects in which a user has a role. */
  projectsOf(userId: string): Promise<readonly DomainScoped[]>;
  /** The domains in which a user has a role. */
  domainsOf(userId: string): Promise<readonly Named[]>;
  /** Whether there is a project of this id. */
  isProject(id: string): Promise<boolean>;
  defaultProjectOf(userId: string): Promise<string | null>;
}
