import { domainsOfUser, findAccount, findCredentials, projectsOfUser } from '../../../db/stores/identity/identity.ts';
import { findDomainPrincipal, findPrincipal } from '../../../db/stores/identity/principals.ts';
import { findProject } from '../../../db/stores/identity/projects.ts';
import { findUser } from '../../../db/stores/identity/users.ts';
import type { CloudDb } from '../../../db/sql/queries.ts';
import type { ScopeRef, Standing, UserRef } from '../../../objects/principal.ts';
import type { Account, IdentityDriver, Proven } from '../../driver.ts';
import { hashPassword, passwordMatches } from '../../password-hash.ts';

/** Users and projects in our own database. */
export class BuiltinIdentity implements IdentityDriver {
  readonly #db: CloudDb;
  /** Checked for users who do not exist, so that response times do not reveal who does. */
  readonly #dummyHash = hashPassword('nobody has this password');

  constructor(db: CloudDb) {
    this.#db = db;
  }

  async accountOf(user: UserRef): Promise<Account> {
    return 'id' in user ? user : await findAccount(this.#db, user);
  }

  async verifyPassword(user: UserRef, password: string): Promise<Proven | undefined> {
    const found = await findCredentials(this.#db, user);
    const matches = await passwordMatches(password, found?.passwordHash ?? (await this.#dummyHash));
    // A user without a password must not log in with the dummy's.
    return matches && found?.enabled && found.passwordHash !== null ? { userId: found.id, generation: found.generation } : undefined;
  }

  async principal(userId: string, scope: ScopeRef): Promise<Standing | undefined> {
    if (scope !== null && 'domain' in scope) return await findDomainPrincipal(this.#db, userId, scope.domain);
    return await findPrincipal(this.#db, userId, scope?.project ?? null);
  }

  projectsOf = (userId: string) => projectsOfUser(this.#db, userId);

  domainsOf = (userId: string) => domainsOfUser(this.#db, userId);

  isProject = async (id: string) => (await findProject(this.#db, id)) !== undefined;

  isUser = async (id: string) => (await findUser(this.#db, id)) !== undefined;

  async defaultProjectOf(userId: string): Promise<string | null> {
    return (await findCredentials(this.#db, { id: userId }))?.defaultProjectId ?? null;
  }
}
