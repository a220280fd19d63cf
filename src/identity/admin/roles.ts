import { deleteRole, findRole, insertRole, isGlobal, listRoles, updateRole } from '../../db/stores/identity/roles.ts';
import { change } from '../../db/change.ts';
import { roleCreate, roleDelete, roleUpdate } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import { type Extra, impliedRoles, isBuiltIn, type Role } from '../../objects/identity.ts';
import type { Named } from '../../objects/principal.ts';
import { EntityNotFound, FieldRefused, NameTaken, NotAllowed } from '../errors.ts';
import { extraText, given, type OptionChanges, optionsText, refuseImmutable, refuseImmutableDeletion } from './columns.ts';
import { type AdminDeps, authorize, type NameFilter, newId, type PageWanted } from './deps.ts';

/** Changes of a role; undefined fields stay. */
export interface RoleChanges {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly domainId?: string | null | undefined;
  readonly options?: OptionChanges | undefined;
  /** Merged into the present ones; null removes one. */
  readonly extra?: Extra | undefined;
}

interface RoleFilter extends NameFilter {
  readonly domainId?: string | undefined;
}

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

  /** The roles of one domain, or those of the whole cloud. */
  async list(ctx: Context, { name, nameMatches, domainId }: RoleFilter, page: PageWanted): Promise<readonly Role[]> {
    authorize(this.#deps, ctx, 'identity:list_roles');
    return await listRoles(this.#deps.db, {
      ...given({ marker: page.marker, nameMatches }),
      limit: page.limit,
      columns: given({ name, domain_id: domainId }),
      conditions: domainId === undefined ? [isGlobal] : [],
    });
  }

  async show(ctx: Context, id: string): Promise<Role> {
    authorize(this.#deps, ctx, 'identity:get_role');
    return found(await findRole(this.#deps.db, id), id);
  }

  async create(ctx: Context, wanted: RoleChanges & { readonly name: string }): Promise<Role> {
    authorize(this.#deps, ctx, 'identity:create_role');
    const { name, description = '', domainId = null, options = {}, extra = {} } = wanted;
    return await change(ctx, { db: this.#deps.db, what: 'role.create' }, async ({ trx, tell }) => {
      const kept = { options: optionsText({}, options), extra: extraText({}, extra) };
      const role = await insertRole(trx, { id: newId(this.#deps), name, description, domain_id: domainId, ...kept });
      if (role === 'dangling') throw EntityNotFound({ entity: 'domain', id: domainId ?? '' });
      if (role === 'taken') throw nameTaken(name, domainId);
      tell(roleCreate(role));
      return role;
    });
  }

  async update(ctx: Context, id: string, changes: RoleChanges): Promise<Role> {
    authorize(this.#deps, ctx, 'identity:update_role');
    const now = found(await findRole(this.#deps.db, id), id);
    const { name, description, domainId, options, extra } = changes;
    if (domainId !== undefined && domainId !== now.domainId)
      throw FieldRefused({ field: 'domain_id', problem: 'a role stays in its domain.' });
    if ((name !== undefined && name !== now.name) || options?.immutable === false) refuseBuiltIn(now, 'renamed or made mutable');
    refuseImmutable('role', now, { name, description, options, extra });
    const kept = { options: options && optionsText(now.options, options), extra: extra && extraText(now.extra, extra) };
    const columns = given({ name, description, ...kept });
    if (Object.keys(columns).length === 0) return now;
    return await change(ctx, { db: this.#deps.db, what: 'role.update' }, async ({ trx, tell }) => {
      const updated = await updateRole(trx, id, columns);
      if (typeof updated === 'string') throw nameTaken(name ?? '', now.domainId);
      const role = found(updated, id);
      tell(roleUpdate(role));
      return role;
    });
  }

  /** Deletes a role; whoever had it loses it with the next request. */
  async delete(ctx: Context, id: string): Promise<void> {
    authorize(this.#deps, ctx, 'identity:delete_role');
    const { db } = this.#deps;
    const prepare = async () => {
      const now = found(await findRole(db, id), id);
      refuseBuiltIn(now, 'deleted');
      refuseImmutableDeletion('role', now);
    };
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
    const roles = await listRoles(this.#deps.db, { limit: ALL_ROLES, columns: {}, conditions: [isGlobal] });
    const named = (names: readonly string[]) => names.flatMap((name) => roles.filter((role) => role.name === name).map(bare));
    return Object.entries(impliedRoles).flatMap(([name, implied]) => named([name]).map((prior) => ({ prior, implies: named(implied) })));
  }
}

const bare = ({ id, name }: Role): Named => ({ id, name });

const nameTaken = (name: string, domainId: string | null) => NameTaken({ entity: 'role', name, ...(domainId !== null && { domainId }) });

function refuseBuiltIn(role: Role, what: string): void {
  if (isBuiltIn(role)) throw NotAllowed({ because: `The role ${role.name} is used by the policy and cannot be ${what}.` });
}

function found(role: Role | undefined, id: string): Role {
  if (!role) throw EntityNotFound({ entity: 'role', id });
  return role;
}
