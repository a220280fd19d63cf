import { change } from '../../db/change.ts';
import {
  countCredentials,
  type CredentialFilter,
  type CredentialRow,
  deleteCredential,
  findCredential,
  insertCredential,
  listCredentials,
  updateCredential,
} from '../../db/stores/identity/credentials.ts';
import { findProject } from '../../db/stores/identity/projects.ts';
import { findUser } from '../../db/stores/identity/users.ts';
import { credentialCreate, credentialDelete, credentialUpdate } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Credential } from '../../objects/identity.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { ACCESS_KEY, idOfAccess, partsIn } from '../credentials/access-key.ts';
import { CredentialBox } from '../credentials/credential-box.ts';
import { CredentialTaken, EntityNotFound, EntityUnknown, FieldRefused, NotAllowed } from '../errors.ts';
import { given } from './columns.ts';
import { type AdminDeps, authorize, newId } from './deps.ts';

/** A credential to create. */
export type NewCredential = Omit<Credential, 'id'>;

/** Changes of a credential; undefined fields stay. */
export type CredentialChanges = { readonly [K in keyof NewCredential]?: NewCredential[K] | undefined };

/** A bound, since nothing else bounds what a user may keep here. */
const MAX_PER_USER = 1_000;

/** Secrets of users beside their passwords. Each user manages their own. */
export class Credentials {
  readonly #deps: AdminDeps;
  readonly #box: CredentialBox;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
    this.#box = new CredentialBox(deps);
  }

  /** Those of one user, or for an admin of all. */
  async list(ctx: Context, filter: CredentialFilter, rule: PolicyRule = 'identity:list_credentials'): Promise<readonly Credential[]> {
    const mayAll = this.#deps.policy.may(ctx, rule, { 'target.user.id': '' });
    const userId = filter.userId ?? (mayAll ? undefined : (ctx.userId ?? ''));
    authorize(this.#deps, ctx, rule, given({ 'target.user.id': userId }));
    return await Promise.all((await listCredentials(this.#deps.db, { ...filter, userId })).map((row) => this.#box.open(row)));
  }

  async show(ctx: Context, id: string, rule: PolicyRule = 'identity:get_credential'): Promise<Credential> {
    return await this.#box.open(await this.#existing(ctx, id, rule));
  }

  async create(ctx: Context, wanted: NewCredential, rule: PolicyRule = 'identity:create_credential'): Promise<Credential> {
    const { type, blob, userId, projectId } = wanted;
    authorize(this.#deps, ctx, rule, { 'target.user.id': userId });
    const id = type === ACCESS_KEY ? idOfKey(wanted) : newId(this.#deps);
    const sealed = await this.#box.seal(id, blob);
    const prepare = async () => {
      await this.#refuseOwner(wanted);
      if ((await countCredentials(this.#deps.db, userId)) >= MAX_PER_USER)
        throw NotAllowed({ because: `Unable to create additional credentials, maximum of ${MAX_PER_USER} already exceeded for user.` });
    };
    const row = await change(ctx, { db: this.#deps.db, what: 'credential.create', prepare, ...memory }, async ({ trx, tell }) => {
      const made = await insertCredential(trx, { id, type, sealed, user_id: userId, project_id: projectId });
      if (typeof made !== 'object') throw CredentialTaken({ id });
      tell(credentialCreate(toldOf(made)));
      return made;
    });
    return await this.#box.open(row);
  }

  async update(ctx: Context, id: string, changes: CredentialChanges): Promise<Credential> {
    const before = await this.show(ctx, id, 'identity:update_credential');
    const after = { ...before, ...given(changes) };
    authorize(this.#deps, ctx, 'identity:update_credential', { 'target.user.id': after.userId });
    // The id is derived from the public part, by which requests find it.
    if ((after.type === ACCESS_KEY || before.type === ACCESS_KEY) && idOfKey(after) !== id)
      throw FieldRefused({ field: 'blob', problem: 'the access key of a credential stays, and so does its type.' });
    const columns = {
      type: after.type,
      user_id: after.userId,
      project_id: after.projectId,
      sealed: await this.#box.seal(id, after.blob),
    };
    const prepare = () => this.#refuseOwner(after);
    const row = await change(ctx, { db: this.#deps.db, what: `credential.update ${id}`, prepare, ...memory }, async ({ trx, tell }) => {
      const changed = await updateCredential(trx, id, columns);
      if (!changed) throw EntityNotFound({ entity: 'credential', id });
      tell(credentialUpdate(toldOf(changed)));
      return changed;
    });
    return await this.#box.open(row);
  }

  async delete(ctx: Context, id: string, rule: PolicyRule = 'identity:delete_credential'): Promise<void> {
    const prepare = () => this.#existing(ctx, id, rule);
    await change(ctx, { db: this.#deps.db, what: `credential.delete ${id}`, prepare }, async ({ trx, tell }) => {
      const gone = await deleteCredential(trx, id);
      if (!gone) throw EntityNotFound({ entity: 'credential', id });
      tell(credentialDelete(toldOf(gone)));
    });
  }

  /** The row, if the caller may know of it: to others it is forbidden, whether it exists or not. */
  async #existing(ctx: Context, id: string, rule: PolicyRule): Promise<CredentialRow> {
    const row = await findCredential(this.#deps.db, id);
    authorize(this.#deps, ctx, rule, { 'target.user.id': row?.user_id ?? '' });
    if (!row) throw EntityNotFound({ entity: 'credential', id });
    return row;
  }

  async #refuseOwner({ type, userId, projectId }: NewCredential): Promise<void> {
    const { db, identity } = this.#deps;
    if (!(await findUser(db, userId))) throw EntityUnknown({ entity: 'user', field: 'user_id', id: userId });
    if (projectId !== null && !(await findProject(db, projectId)))
      throw EntityUnknown({ entity: 'project', field: 'project_id', id: projectId });
    // A key of a project in which its user has no role would open nothing.
    if (type === ACCESS_KEY && !(await identity.projectsOf(userId)).some(({ id }) => id === projectId))
      throw NotAllowed({ because: `User ${userId} has no access to project ${projectId}.` });
  }
}

/** The id of an access key; refuses a blob that holds none. */
function idOfKey({ blob, projectId }: NewCredential): string {
  const parts = partsIn(blob);
  if (!parts) throw FieldRefused({ field: 'blob', problem: 'Invalid blob in credential: it needs the keys access and secret.' });
  if (projectId === null) throw FieldRefused({ field: 'project_id', problem: 'an access key belongs to a project.' });
  return idOfAccess(parts.access);
}

const toldOf = ({ id, type, user_id, project_id }: CredentialRow) => ({ id, type, userId: user_id, projectId: project_id });

/** A retried request gets the same credential, still encrypted. */
const memory = {
  keep: ({ created_at, ...row }: CredentialRow) => ({ ...row, created_at: created_at.toISOString() }),
  recall: ({ created_at, ...row }: Omit<CredentialRow, 'created_at'> & { readonly created_at: string }): CredentialRow => ({
    ...row,
    created_at: new Date(created_at),
  }),
};
