import type { Principal, ProjectRef, UserRef } from '../objects/principal.ts';

/** Where users and projects are kept; `builtin` keeps them itself, `keystone` asks a real one. */
export interface IdentityDriver {
  /** The id of the user whose password this is, or undefined: unknown user, wrong password and disabled user are one to whoever asks. */
  verifyPassword(user: UserRef, password: string): Promise<string | undefined>;
  /** The user as they stand now, in a project (null: in none); undefined when either is unknown or disabled, or the user has no role there. */
  principal(userId: string, project: ProjectRef | null): Promise<Principal | undefined>;
  /** The projects in which a user has a role. */
  projectsOf(userId: string): Promise<readonly Principal['project'][]>;
  defaultProjectOf(userId: string): Promise<string | null>;
}
