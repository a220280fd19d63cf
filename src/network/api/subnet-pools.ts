import { change } from '../../db/change.ts';
import {
  deleteSubnetPool,
  findSubnetPool,
  insertSubnetPool,
  listSubnetPools,
  lockSubnetPool,
  takenFrom,
  updateSubnetPool,
} from '../../db/stores/network/subnet-pools.ts';
import { subnetPoolCreate, subnetPoolDelete, subnetPoolUpdate } from '../../events/network-sharing.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { SubnetPool } from '../../objects/network-sharing.ts';
import { refuseSecondDefault, takeScope } from '../books/pools-in-scopes.ts';
import { takeQuotas } from '../books/quota.ts';
import { shareWithAll } from '../books/sharing.ts';
import { MarkerUnknown } from '../errors.ts';
import { areCovered, prefixesWithout } from '../plan/pool-plan.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { IllegalPrefixUpdate, SubnetPoolInUse, SubnetPoolNotFound } from './pool-errors.ts';
import { type NewSubnetPool, planPool, poolColumns, prefixesIn, type SubnetPoolChanges } from './pool-request.ts';
import { type Expecting, refuseOutdated } from './revision.ts';

/** Pools that subnets are cut from. */
export class SubnetPoolsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly SubnetPool[]> {
    this.#deps.policy.check(ctx, 'get_subnetpool');
    const found = await listSubnetPools(this.#deps.db, pageQueryOf(listFields.subnetPools, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws SubnetPoolNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<SubnetPool> {
    this.#deps.policy.check(ctx, 'get_subnetpool');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, pools: readonly NewSubnetPool[]): Promise<readonly SubnetPool[]> {
    const { db, ids, quotaLimits } = this.#deps;
    const wanted = pools.map((pool) => ({ pool, planned: planPool(pool), projectId: this.#mayCreate(ctx, pool) }));
    const made = await change(ctx, { db, what: 'subnetPool.create' }, async ({ trx, tell }) => {
      await takeQuotas(trx, quotaLimits, { projectIds: wanted.map(({ projectId }) => projectId), resource: 'subnetpool' });
      const newIds: string[] = [];
      for (const { pool, planned, projectId } of wanted) {
        const id = ids.uuid();
        if (pool.isDefault) await refuseSecondDefault(trx, { id, ipVersion: planned.ip_version });
        await takeScope(trx, { id, ...planned, scopeId: pool.addressScopeId ?? null, sight: sightOf(ctx) });
        await insertSubnetPool(trx, { ...planned, ...poolColumns(pool), id, project_id: projectId, tags: pool.tags });
        if (pool.isShared) await shareWithAll(trx, ids, { projectId, objectType: 'subnetpool', objectId: id });
        const whole = await findSubnetPool(trx, id, null);
        if (whole) tell(subnetPoolCreate(whole));
        newIds.push(id);
      }
      return newIds;
    });
    return await Promise.all(made.map((id) => this.#find(ctx, id)));
  }

  #mayCreate(ctx: Context, { projectId, isShared, isDefault }: NewSubnetPool): string {
    const { policy } = this.#deps;
    const target = { project_id: ownerOf(ctx, projectId) };
    policy.check(ctx, 'create_subnetpool', target);
    if (isShared) policy.check(ctx, 'create_subnetpool:shared', target);
    if (isDefault) policy.check(ctx, 'create_subnetpool:is_default', target);
    return target.project_id;
  }

  async update(ctx: Context, id: string, changes: SubnetPoolChanges, expecting: Expecting = {}): Promise<SubnetPool> {
    const rules = ['update_subnetpool', ...(changes.isDefault === undefined ? [] : ['update_subnetpool:is_default' as const])] as const;
    return await this.#change(ctx, id, { rules, expecting }, (pool) => {
      const prefixes = changes.prefixes && prefixesIn(changes.prefixes);
      if (prefixes && !areCovered(pool.prefixes, prefixes))
        throw IllegalPrefixUpdate({ reason: 'existing prefixes must be a subset of the new prefixes' });
      return { ...changes, ...(prefixes && { prefixes }) };
    });
  }

  addPrefixes(ctx: Context, id: string, prefixes: readonly string[]): Promise<SubnetPool> {
    return this.#change(ctx, id, { rules: ['add_prefixes'] }, (pool) => ({ prefixes: prefixesIn([...pool.prefixes, ...prefixes]) }));
  }

  /** Takes prefixes away that no subnet was cut from. */
  removePrefixes(ctx: Context, id: string, prefixes: readonly string[]): Promise<SubnetPool> {
    return this.#change(ctx, id, { rules: ['remove_prefixes'] }, (pool, taken) => {
      const left = prefixesWithout(pool.prefixes, prefixes);
      if (!left) throw IllegalPrefixUpdate({ reason: 'one or more of the prefixes to be removed is not in the subnet pool' });
      if (!areCovered(taken, left)) throw IllegalPrefixUpdate({ reason: 'one or more of the prefixes to be removed is in use' });
      return { prefixes: left };
    });
  }

  async #change(
    ctx: Context,
    id: string,
    {
      rules,
      expecting = {},
    }: { readonly rules: readonly Parameters<NetworkApiDeps['policy']['check']>[1][]; readonly expecting?: Expecting },
    next: (pool: SubnetPool, taken: readonly string[]) => SubnetPoolChanges,
  ): Promise<SubnetPool> {
    const { db, policy } = this.#deps;
    const { projectId } = await this.#find(ctx, id);
    for (const rule of rules) policy.check(ctx, rule, { project_id: projectId });
    await change(ctx, { db, what: 'subnetPool.update' }, async ({ trx, tell }) => {
      const pool = await lockSubnetPool(trx, id);
      if (!pool) throw SubnetPoolNotFound({ id });
      refuseOutdated(expecting, pool);
      const taken = await takenFrom(trx, id);
      const changes = next(
        pool,
        taken.map(({ cidr }) => cidr),
      );
      const planned = planPool({ ...pool, ...changes });
      if (changes.isDefault && !pool.isDefault) await refuseSecondDefault(trx, pool);
      // A scope in which it is already need not be one that the caller sees.
      const { scopeId, sight } =
        changes.addressScopeId === undefined
          ? { scopeId: pool.addressScopeId, sight: null }
          : { scopeId: changes.addressScopeId, sight: sightOf(ctx) };
      await takeScope(trx, { id, ...planned, scopeId, sight });
      const { ip_version: _, ...columns } = planned;
      const after = await updateSubnetPool(trx, id, { ...columns, ...poolColumns(changes) });
      if (after) tell(subnetPoolUpdate(after));
    });
    return await this.#find(ctx, id);
  }

  /** Deletes a pool that no subnet was cut from. */
  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const { projectId } = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_subnetpool', { project_id: projectId });
    };
    await change(ctx, { db: this.#deps.db, what: 'subnetPool.delete', prepare }, async ({ trx, tell }) => {
      const pool = await lockSubnetPool(trx, id);
      if (!pool) throw SubnetPoolNotFound({ id });
      refuseOutdated(expecting, pool);
      if ((await takenFrom(trx, id)).length > 0) throw SubnetPoolInUse({});
      await deleteSubnetPool(trx, id);
      tell(subnetPoolDelete(pool));
    });
  }

  async #find(ctx: Context, id: string): Promise<SubnetPool> {
    const pool = isUuid(id) ? await findSubnetPool(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!pool) throw SubnetPoolNotFound({ id });
    return pool;
  }
}
