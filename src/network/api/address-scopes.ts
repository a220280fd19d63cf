import { change } from '../../db/change.ts';
import {
  countPoolsInScope,
  deleteAddressScope,
  findAddressScope,
  insertAddressScope,
  listAddressScopes,
  lockAddressScope,
  renameAddressScope,
} from '../../db/stores/network/address-scopes.ts';
import { shareWithAll } from '../books/sharing.ts';
import { addressScopeCreate, addressScopeDelete, addressScopeUpdate } from '../../events/network-sharing.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { AddressScope } from '../../objects/network-sharing.ts';
import { MarkerUnknown } from '../errors.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { AddressScopeInUse, AddressScopeNotFound, AddressScopeUpdateError } from './pool-errors.ts';

/** What may change of a scope; once shared with all it stays so. */
export interface AddressScopeChanges {
  readonly name?: string;
  readonly isShared?: boolean;
}

/** A scope to create. */
export type NewAddressScope = AddressScopeChanges & { readonly ipVersion: 4 | 6; readonly projectId?: string };

/** Address scopes of projects. */
export class AddressScopesApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly AddressScope[]> {
    this.#deps.policy.check(ctx, 'get_address_scope');
    const found = await listAddressScopes(this.#deps.db, pageQueryOf(listFields.addressScopes, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws AddressScopeNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<AddressScope> {
    this.#deps.policy.check(ctx, 'get_address_scope');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, scopes: readonly NewAddressScope[]): Promise<readonly AddressScope[]> {
    const { db, ids, policy } = this.#deps;
    for (const { isShared, projectId } of scopes) {
      const target = { project_id: ownerOf(ctx, projectId) };
      policy.check(ctx, 'create_address_scope', target);
      if (isShared) policy.check(ctx, 'create_address_scope:shared', target);
    }
    const made = await change(ctx, { db, what: 'addressScope.create' }, async ({ trx, tell }) => {
      const newIds: string[] = [];
      for (const { name = '', ipVersion, projectId, isShared = false } of scopes) {
        const [id, owner] = [ids.uuid(), ownerOf(ctx, projectId)];
        await insertAddressScope(trx, { id, project_id: owner, name, ip_version: ipVersion });
        if (isShared) await shareWithAll(trx, ids, { projectId: owner, objectType: 'address_scope', objectId: id });
        const scope = await findAddressScope(trx, id, null);
        if (scope) tell(addressScopeCreate(scope));
        newIds.push(id);
      }
      return newIds;
    });
    return await Promise.all(made.map((id) => this.#find(ctx, id)));
  }

  async update(ctx: Context, id: string, { name, isShared }: AddressScopeChanges): Promise<AddressScope> {
    const { db, ids, policy } = this.#deps;
    const { projectId, isShared: wasShared } = await this.#find(ctx, id);
    const target = { project_id: projectId };
    policy.check(ctx, 'update_address_scope', target);
    if (isShared !== undefined) policy.check(ctx, 'update_address_scope:shared', target);
    if (wasShared && isShared === false) throw AddressScopeUpdateError({ id, reason: "Shared address scope can't be unshared" });
    await change(ctx, { db, what: 'addressScope.update' }, async ({ trx, tell }) => {
      if (!(await lockAddressScope(trx, id))) throw AddressScopeNotFound({ id });
      if (name !== undefined) await renameAddressScope(trx, id, name);
      if (isShared) await shareWithAll(trx, ids, { projectId, objectType: 'address_scope', objectId: id });
      const after = await findAddressScope(trx, id, null);
      if (after) tell(addressScopeUpdate(after));
    });
    return await this.#find(ctx, id);
  }

  /** Deletes a scope without pools. */
  async delete(ctx: Context, id: string): Promise<void> {
    const prepare = async () => {
      const scope = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_address_scope', { project_id: scope.projectId });
      return scope;
    };
    await change(ctx, { db: this.#deps.db, what: 'addressScope.delete', prepare }, async ({ trx, tell }, scope) => {
      if (!(await lockAddressScope(trx, id))) throw AddressScopeNotFound({ id });
      if ((await countPoolsInScope(trx, id)) > 0) throw AddressScopeInUse({ id });
      await deleteAddressScope(trx, id);
      tell(addressScopeDelete(scope));
    });
  }

  async #find(ctx: Context, id: string): Promise<AddressScope> {
    const scope = isUuid(id) ? await findAddressScope(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!scope) throw AddressScopeNotFound({ id });
    return scope;
  }
}
