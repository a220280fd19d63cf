import { deleteRole, findRole, insertRole, listRoles, updateRole } from '../../db/stores/identity/roles.ts';
import { change } from '../../db/change.ts';
import { roleCreate, roleDelete, roleUpdate } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import { builtInRoles, impliedRoles, type Role } from '../../objects/identity.ts';
import type { Named } from '../../objects/principal.ts';
import { EntityNotFound, NameTaken, NotAllowed } from '../errors.ts';
import { given } from './columns.ts';
import { type AdminDeps, authorize, type NameFilter, newId, type PageWanted } from './deps.ts';

/** A role and those that it implies. */
export interface Inference {
  readonly prior: Named;
  readonly implies: readonly Named[];
}

/** More roles than any cloud has. */
const ALL_ROLES = 10_000;

/** Roles. Those that the policy uses are fixed; an operator's policy files give meaning to others. */
export class Roles {
  readonly #deps: AdminDeps;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, { nameMatches, ...columns }: NameFilter, page: PageWanted): Promise<readonly Role[]> {
    authorize(this.#deps, ctx, 'identity:list_roles');
    return await listRoles(this.#deps.db, {
      ...given({ marker: page.marker, nameMatches }),
      limit: page.limit,
      columns: given(columns),
    });
  }

  async show(ctx: Context, id: string): Promise<Role> {
    authorize(this.#deps, ctx, 'identity:get_role');
    return found(await findRole(this.#deps.db, id), id);
  }

  async create(
    ctx: Context,
    { name, description = '' }: { readonly name: string; readonly description?: string | undefined },
  ): Promise<Role> {
    authorize(this.#deps, ctx, 'identity:create_role');
    return await change(ctx, { db: this.#deps.db, what: 'role.create' }, async ({ trx, tell }) => {
      const role = await insertRole(trx, { id: newId(this.#deps), name, description });
      if (typeof role === 'string') throw NameTaken({ entity: 'role', name });
      tell(roleCreate(role));
      return role;
    });
  }

  async update(
    ctx: Context,
    id: string,
    changes: { readonly name?: string | undefined; readonly description?: string | undefined },
  ): Promise<Role> {
    authorize(this.#deps, ctx, 'identity:update_role');
    const now = found(await findRole(this.#deps.db, id), id);
    if (changes.name !== undefined && changes.name !== now.name) refuseBuiltIn(now, 'renamed');
    const columns = given(changes);
    if (Object.keys(columns).length === 0) return now;
    return await change(ctx, { db: this.#deps.db, what: 'role.update' }, async ({ trx, tell }) => {
      const updated = await updateRole(trx, id, columns);
      if (typeof updated === 'string') throw NameTaken({ entity: 'role', name: changes.name ?? '' });
      const role = found(updated, id);
      tell(roleUpdate(role));
      return role;
    });
  }

  /** Deletes a role; whoever had it loses it with the next request. */
  async delete(ctx: Context, id: string): Promise<void> {
    authorize(this.#deps, ctx, 'identity:delete_role');
    const { db } = this.#deps;
    const prepare = async () => refuseBuiltIn(found(await findRole(db, id), id), 'deleted');
    await change(ctx, { db, what: 'role.delete', prepare }, async ({ trx, tell }) =>
      tell(roleDelete(found(await deleteRole(trx, id), id))),
    );
  }

  /** Which roles imply which others. */
  async inferences(ctx: Context): Promise<readonly Inference[]> {
    authorize(this.#deps, ctx, 'identity:list_role_inference_rules');
    return await this.allInferences();
  }

  /** The roles that one role implies. */
  async inferencesOf(ctx: Context, id: string): Promise<Inference> {
    authorize(this.#deps, ctx, 'identity:list_implied_roles');
    const prior = found(await findRole(this.#deps.db, id), id);
    return (await this.allInferences()).find((one) => one.prior.id === id) ?? { prior, implies: [] };
  }

  /** All inferences, without a policy check. */
  async allInferences(): Promise<readonly Inference[]> {
    const roles = await listRoles(this.#deps.db, { limit: ALL_ROLES, columns: {} });
    const named = (names: readonly string[]) => names.flatMap((name) => roles.filter((role) => role.name === name).map(bare));
    return Object.entries(impliedRoles).flatMap(([name, implied]) => named([name]).map((prior) => ({ prior, implies: named(implied) })));
  }
}

const bare = ({ id, name }: Role): Named => ({ id, name });

function refuseBuiltIn({ name }: Role, what: string): void {
  if (builtInRoles.includes(name)) throw NotAllowed({ because: `The role ${name} is used by the policy and cannot be ${what}.` });
}

function found(role: Role | undefined, id: string): Role {
  if (!role) throw EntityNotFound({ entity: 'role', id });
  return role;
}
