import { change, type Changing } from '../../db/change.ts';
import { settleNetwork } from '../../db/stores/network/networks.ts';
import { isUsedExternally } from '../../db/stores/network/ports.ts';
import {
  countPoliciesOf,
  deleteRbacPolicy,
  findRbacPolicy,
  insertRbacPolicy,
  listRbacPolicies,
  lockRbacPolicy,
  lockSharedObject,
  retargetRbacPolicy,
} from '../../db/stores/network/rbac-policies.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { networkUpdate } from '../../events/network.ts';
import { rbacPolicyCreate, rbacPolicyDelete, rbacPolicyUpdate } from '../../events/network-sharing.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { RbacPolicy } from '../../objects/network-sharing.ts';
import { takeQuotas } from '../books/quota.ts';
import { refuseDependents } from '../books/sharing.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { invalidInput, MarkerUnknown } from '../errors.ts';
import { ExternalNetworkInUse } from '../router-errors.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { DuplicateRbacPolicy, RbacPolicyNotFound } from './pool-errors.ts';

/** A policy to create. */
export type NewRbacPolicy = Pick<RbacPolicy, 'objectType' | 'objectId' | 'action' | 'targetProject'> & { readonly projectId?: string };

/** Every project. */
const ALL = '*';

/** Policies with which projects let others use what they own. */
export class RbacPoliciesApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly RbacPolicy[]> {
    this.#deps.policy.check(ctx, 'get_rbac_policy');
    const found = await listRbacPolicies(this.#deps.db, pageQueryOf(listFields.rbacPolicies, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws RbacPolicyNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<RbacPolicy> {
    this.#deps.policy.check(ctx, 'get_rbac_policy');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, policies: readonly NewRbacPolicy[]): Promise<readonly RbacPolicy[]> {
    const { db, ids, policy, quotaLimits } = this.#deps;
    for (const { projectId, targetProject, objectType, action } of policies) {
      const target = { project_id: ownerOf(ctx, projectId) };
      policy.check(ctx, 'create_rbac_policy', target);
      if (targetProject === ALL) policy.check(ctx, 'create_rbac_policy:target_tenant', target);
      if (action === 'access_as_external' && objectType !== 'network')
        throw invalidInput('action', `'${action}' is not an action for ${objectType}.`);
      if (action === 'access_as_external') policy.check(ctx, 'update_network:router:external', target);
    }
    const made = await change(ctx, { db, what: 'rbacPolicy.create' }, async ({ trx, tell }) => {
      const projectIds = policies.map(({ projectId }) => ownerOf(ctx, projectId));
      await takeQuotas(trx, quotaLimits, { projectIds, resource: 'rbac_policy' });
      const newIds: string[] = [];
      for (const { projectId, objectType, objectId, action, targetProject } of policies) {
        await this.#lockOwn(trx, ctx, { objectType, objectId });
        const id = ids.uuid();
        const row = { id, project_id: ownerOf(ctx, projectId), object_type: objectType, object_id: objectId, action };
        if (!(await insertRbacPolicy(trx, { ...row, target_project: targetProject }))) throw DuplicateRbacPolicy({});
        const whole = await lockRbacPolicy(trx, id);
        if (!whole) continue;
        tell(rbacPolicyCreate(whole));
        await followPolicy({ trx, tell }, whole);
        newIds.push(id);
      }
      return newIds;
    });
    for (const { action } of policies) await this.#tell(ctx, action);
    return await Promise.all(made.map((id) => this.#find(ctx, id)));
  }

  /** Names another target, unless the one before uses the object. */
  async update(ctx: Context, id: string, { targetProject }: Partial<Pick<RbacPolicy, 'targetProject'>>): Promise<RbacPolicy> {
    const { db, policy } = this.#deps;
    const { projectId } = await this.#find(ctx, id);
    const target = { project_id: projectId };
    policy.check(ctx, 'update_rbac_policy', target);
    if (targetProject === ALL) policy.check(ctx, 'update_rbac_policy:target_tenant', target);
    await change(ctx, { db, what: 'rbacPolicy.update' }, async ({ trx, tell }) => {
      const before = await this.#locked(trx, id);
      if (targetProject === undefined || targetProject === before.targetProject) return;
      if (targetProject !== ALL) await refuseDependents(trx, before);
      if (!(await retargetRbacPolicy(trx, before, targetProject))) throw DuplicateRbacPolicy({});
      const after = { ...before, targetProject };
      tell(rbacPolicyUpdate(after));
      await followPolicy({ trx, tell }, after);
    });
    return await this.#find(ctx, id);
  }

  /** Takes it back, unless the target uses the object. */
  async delete(ctx: Context, id: string): Promise<void> {
    const prepare = async () => {
      const { projectId } = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_rbac_policy', { project_id: projectId });
    };
    const action = await change(ctx, { db: this.#deps.db, what: 'rbacPolicy.delete', prepare }, async ({ trx, tell }) => {
      const policy = await this.#locked(trx, id);
      await refuseDependents(trx, policy);
      await deleteRbacPolicy(trx, id);
      tell(rbacPolicyDelete(policy));
      await followPolicy({ trx, tell }, policy);
      return policy.action;
    });
    await this.#tell(ctx, action);
  }

  /** Hosts carry an external network in another way than others. */
  async #tell(ctx: Context, action: RbacPolicy['action']): Promise<void> {
    if (action === 'access_as_external') await tellHosts(this.#deps, ctx);
  }

  /** Locks the object first: whoever uses it waits, or has committed. */
  async #locked(trx: InCloud, id: string): Promise<RbacPolicy> {
    const seen = await findRbacPolicy(trx, id, null);
    if (seen) await lockSharedObject(trx, seen);
    const policy = await lockRbacPolicy(trx, id);
    if (!policy) throw RbacPolicyNotFound({ id });
    return policy;
  }

  /** Only the owner of an object lets others use it. */
  async #lockOwn(trx: InCloud, ctx: Context, { objectType, objectId }: Pick<RbacPolicy, 'objectType' | 'objectId'>): Promise<void> {
    const owner = isUuid(objectId) ? await lockSharedObject(trx, { objectType, objectId }) : undefined;
    if (owner === undefined || !(ctx.isAdmin || owner === ctx.projectId)) throw RbacPolicyNotFound({ id: objectId });
  }

  async #find(ctx: Context, id: string): Promise<RbacPolicy> {
    const policy = isUuid(id) ? await findRbacPolicy(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!policy) throw RbacPolicyNotFound({ id });
    return policy;
  }
}

/** A network is shared if it is so with all, and external if it is so for anybody. It changes, and its event tells so, only where it was not yet. */
async function followPolicy({ trx, tell }: Changing<CloudDb>, { objectType, objectId, action }: RbacPolicy): Promise<void> {
  if (objectType !== 'network') return;
  const isSharing = action === 'access_as_shared';
  const holds = (await countPoliciesOf(trx, objectId, action, isSharing ? ALL : undefined)) > 0;
  // Its owner needs no policy to use it, but cannot lead out by a network that is not external.
  if (!isSharing && !holds && (await isUsedExternally(trx, objectId))) throw ExternalNetworkInUse({ networkId: objectId });
  const changed = await settleNetwork(trx, objectId, isSharing ? 'shared' : 'external', holds);
  if (changed) tell(networkUpdate(changed));
}
