import { findCredentials, findPrincipal, projectsOfUser } from '../../../db/stores/identity.ts';
import type { Queries } from '../../../db/stores/queries.ts';
import type { ProjectRef, UserRef } from '../../../objects/principal.ts';
import type { IdentityDriver } from '../../driver.ts';
import { hashPassword, passwordMatches } from './password-hash.ts';

/** Users and projects in our own database. */
export class BuiltinIdentity implements IdentityDriver {
  readonly #db: Queries;
  /** Checked in place of the hash of a user who is not there, so that the time of an answer does not tell who is. */
  readonly #nobody = hashPassword('nobody has this password');

  constructor(db: Queries) {
    this.#db = db;
  }

  async verifyPassword(user: UserRef, password: string): Promise<string | undefined> {
    const found = await findCredentials(this.#db, user);
    const matches = await passwordMatches(password, found?.passwordHash ?? (await this.#nobody));
    return matches && found?.enabled ? found.id : undefined;
  }

  principal = (userId: string, project: ProjectRef | null) => findPrincipal(this.#db, userId, project);

  projectsOf = (userId: string) => projectsOfUser(this.#db, userId);

  async defaultProjectOf(userId: string): Promise<string | null> {
    return (await findCredentials(this.#db, { id: userId }))?.defaultProjectId ?? null;
  }
}
