import { findDomain } from '../../db/stores/identity/domains.ts';
import { findProject } from '../../db/stores/identity/projects.ts';
import { deleteUser, exchangePassword, findUser, insertUser, listUsers, updateUser } from '../../db/stores/identity/users.ts';
import { change } from '../../db/change.ts';
import { userChangePassword, userCreate, userDelete, userUpdate } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import { DEFAULT_DOMAIN, type Extra, type User } from '../../objects/identity.ts';
import { ChangedMeanwhile, EntityNotFound, EntityUnknown, FieldRefused, NameTaken, NotAllowed } from '../errors.ts';
import { hashPassword } from '../password-hash.ts';
import { extraText, given } from './columns.ts';
import { type AdminDeps, authorize, type NameFilter, newId, type PageWanted } from './deps.ts';

/** Changes of a user; undefined fields stay, null clears one. */
export interface UserChanges {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly defaultProjectId?: string | null | undefined;
  readonly enabled?: boolean | undefined;
  /** Null: nobody can log in as them. */
  readonly password?: string | null | undefined;
  /** Merged into the present ones; null removes one. */
  readonly extra?: Extra | undefined;
}

export interface UserFilter extends NameFilter {
  readonly defaultProjectId?: string | undefined;
  readonly domainId?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** Users: who can log in. */
export class Users {
  readonly #deps: AdminDeps;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, filter: UserFilter, page: PageWanted): Promise<readonly User[]> {
    const { name, nameMatches, domainId, enabled, defaultProjectId } = filter;
    authorize(this.#deps, ctx, 'identity:list_users', given({ 'target.domain.id': domainId }));
    const columns = given({ name, domain_id: domainId, enabled, default_project_id: defaultProjectId });
    return await listUsers(this.#deps.db, { ...given({ marker: page.marker, nameMatches }), limit: page.limit, columns });
  }

  async show(ctx: Context, id: string): Promise<User> {
    authorize(this.#deps, ctx, 'identity:get_user', { 'target.user.id': id });
    return found(await findUser(this.#deps.db, id), id);
  }

  async create(ctx: Context, wanted: UserChanges & { readonly name: string; readonly domainId?: string | undefined }): Promise<User> {
    const domainId = wanted.domainId ?? ctx.domainId ?? DEFAULT_DOMAIN;
    authorize(this.#deps, ctx, 'identity:create_user', { 'target.domain.id': domainId });
    if (!(await findDomain(this.#deps.db, domainId))) throw EntityNotFound({ entity: 'domain', id: domainId });
    const { name, description = null, email = null, defaultProjectId = null, enabled = true, password = null, extra = {} } = wanted;
    await this.#refuseUnknownProject(defaultProjectId);
    const prepare = () => this.#hashOf(password);
    return await change(ctx, { db: this.#deps.db, what: 'user.create', prepare }, async ({ trx, tell }, hash) => {
      const user = await insertUser(trx, {
        id: newId(this.#deps),
        domain_id: domainId,
        name,
        description,
        email,
        enabled,
        default_project_id: defaultProjectId,
        password_hash: hash,
        extra: extraText({}, extra),
      });
      if (user === 'taken') throw NameTaken({ entity: 'user', name, domainId });
      if (user === 'dangling') throw EntityNotFound({ entity: 'domain', id: domainId });
      tell(userCreate(user));
      return user;
    });
  }

  /** Changes a user. A new password, or disabling the user, revokes all their tokens at once. */
  async update(ctx: Context, id: string, changes: UserChanges & { readonly domainId?: string | undefined }): Promise<User> {
    authorize(this.#deps, ctx, 'identity:update_user', { 'target.user.id': id });
    const now = found(await findUser(this.#deps.db, id), id);
    if (changes.domainId !== undefined && changes.domainId !== now.domainId)
      throw FieldRefused({ field: 'domain_id', problem: 'a user stays in their domain.' });
    if (changes.enabled === false) refuseSelf(ctx, id, 'disabled');
    const { name, description, email, defaultProjectId, enabled, password, extra } = changes;
    await this.#refuseUnknownProject(defaultProjectId ?? null);
    const hash = password === undefined ? undefined : await this.#hashOf(password);
    const columns = given({
      name,
      description,
      email,
      enabled,
      default_project_id: defaultProjectId,
      password_hash: hash,
      extra: extra && extraText(now.extra, extra),
    });
    if (Object.keys(columns).length === 0) return now;
    return await change(ctx, { db: this.#deps.db, what: 'user.update' }, async ({ trx, tell }) => {
      const updated = await updateUser(trx, id, columns);
      if (typeof updated === 'string') throw NameTaken({ entity: 'user', name: name ?? '', domainId: now.domainId });
      const user = found(updated, id);
      tell(userUpdate(user));
      return user;
    });
  }

  /** Deletes a user with their roles, keypairs and quotas; revokes their tokens. Other resources that they created belong to projects and stay. */
  async delete(ctx: Context, id: string): Promise<void> {
    authorize(this.#deps, ctx, 'identity:delete_user', { 'target.user.id': id });
    refuseSelf(ctx, id, 'deleted');
    const { db } = this.#deps;
    await change(ctx, { db, what: 'user.delete' }, async ({ trx, tell }) => tell(userDelete(found(await deleteUser(trx, id), id))));
  }

  /** Changes a password after checking the old one, throttled like a login. Revokes all the user's tokens, including the one used here. */
  async changePassword(ctx: Context, id: string, { from, to, address }: { from: string; to: string; address: string }): Promise<void> {
    authorize(this.#deps, ctx, 'identity:change_password', { 'target.user.id': id });
    const proven = await this.#deps.identity.provePassword({ id }, from, address);
    const hash = await this.#deps.hashing.run(() => hashPassword(to));
    await change(ctx, { db: this.#deps.db, what: 'user.changePassword' }, async ({ trx, tell }) => {
      const user = await exchangePassword(trx, { id, generation: proven.generation }, hash);
      if (!user) throw ChangedMeanwhile({ entity: 'user', id });
      tell(userChangePassword(user));
    });
  }

  #hashOf = async (password: string | null): Promise<string | null> =>
    password === null ? null : await this.#deps.hashing.run(() => hashPassword(password));

  async #refuseUnknownProject(id: string | null): Promise<void> {
    if (id !== null && !(await findProject(this.#deps.db, id))) throw EntityUnknown({ entity: 'project', field: 'default_project_id', id });
  }
}

/** Otherwise the last admin could lock out everybody. */
function refuseSelf(ctx: Context, id: string, what: string): void {
  if (ctx.userId === id) throw NotAllowed({ because: `Users cannot be ${what} by themselves: let another user do it.` });
}

function found(user: User | undefined, id: string): User {
  if (!user) throw EntityNotFound({ entity: 'user', id });
  return user;
}
