import { sql } from 'kysely';
import { change } from '../../db/change.ts';
import {
  defaultQosPolicy,
  deleteQosPolicy,
  findQosPolicies,
  insertQosPolicy,
  listQosPolicies,
  lockQosPolicy,
  updateQosPolicy,
  userOfQosPolicy,
} from '../../db/stores/network/qos.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { qosPolicyCreate, qosPolicyDelete, qosPolicyUpdate } from '../../events/network-qos.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { QosPolicy } from '../../objects/network-qos.ts';
import { shareWithAll, shareWithNobody } from '../books/sharing.ts';
import { MarkerUnknown } from '../errors.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { QosPolicyDefaultAlreadyExists, QosPolicyInUse, QosPolicyNotFound } from './qos-errors.ts';
import { type Expecting, refuseOutdated } from './revision.ts';

/** The attributes of a policy that may change. */
export interface QosPolicyChanges {
  readonly name?: string;
  readonly description?: string;
  readonly isShared?: boolean;
  readonly isDefault?: boolean;
}

/** A policy to create; its rules come later. */
export type NewQosPolicy = QosPolicyChanges & { readonly name: string; readonly projectId?: string; readonly tags?: readonly string[] };

/** Policies of quality of service. */
export class QosPoliciesApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly QosPolicy[]> {
    this.#deps.policy.check(ctx, 'get_policy');
    const found = await listQosPolicies(this.#deps.db, pageQueryOf(listFields.qosPolicies, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws QosPolicyNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<QosPolicy> {
    this.#deps.policy.check(ctx, 'get_policy');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, policies: readonly NewQosPolicy[]): Promise<readonly QosPolicy[]> {
    const { db, ids, policy } = this.#deps;
    for (const { projectId } of policies) policy.check(ctx, 'create_policy', { project_id: ownerOf(ctx, projectId) });
    const made = await change(ctx, { db, what: 'qosPolicy.create' }, async ({ trx, tell }) => {
      const newIds: string[] = [];
      for (const wanted of policies) {
        const [id, projectId] = [ids.uuid(), ownerOf(ctx, wanted.projectId)];
        if (wanted.isDefault) await refuseSecondDefault(trx, projectId, id);
        await insertQosPolicy(trx, { ...columnsOf(wanted), name: wanted.name, id, project_id: projectId, tags: wanted.tags });
        if (wanted.isShared) await shareWithAll(trx, ids, { projectId, objectType: 'qos_policy', objectId: id });
        for (const whole of await findQosPolicies(trx, [id], null)) tell(qosPolicyCreate(whole));
        newIds.push(id);
      }
      return newIds;
    });
    return await Promise.all(made.map((id) => this.#find(ctx, id)));
  }

  async update(ctx: Context, id: string, changes: QosPolicyChanges, expecting: Expecting = {}): Promise<QosPolicy> {
    const { db, ids, policy } = this.#deps;
    const { projectId } = await this.#find(ctx, id);
    policy.check(ctx, 'update_policy', { project_id: projectId });
    await change(ctx, { db, what: 'qosPolicy.update' }, async ({ trx, tell }) => {
      const before = await lockQosPolicy(trx, id);
      if (!before) throw QosPolicyNotFound({ id });
      refuseOutdated(expecting, before);
      if (changes.isDefault) await refuseSecondDefault(trx, projectId, id);
      const shared = { projectId, objectType: 'qos_policy', objectId: id } as const;
      if (changes.isShared) await shareWithAll(trx, ids, shared);
      if (changes.isShared === false) await shareWithNobody(trx, shared);
      const after = await updateQosPolicy(trx, id, columnsOf(changes));
      if (after) tell(qosPolicyUpdate(after));
    });
    return await this.#find(ctx, id);
  }

  /** Deletes a policy that no port and no network has. */
  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const { projectId } = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_policy', { project_id: projectId });
    };
    await change(ctx, { db: this.#deps.db, what: 'qosPolicy.delete', prepare }, async ({ trx, tell }) => {
      const policy = await lockQosPolicy(trx, id);
      if (!policy) throw QosPolicyNotFound({ id });
      refuseOutdated(expecting, policy);
      const user = await userOfQosPolicy(trx, id);
      if (user) throw QosPolicyInUse({ id, kind: user.kind, user: user.id });
      await deleteQosPolicy(trx, id);
      tell(qosPolicyDelete(policy));
    });
  }

  async #find(ctx: Context, id: string): Promise<QosPolicy> {
    const [policy] = isUuid(id) ? await findQosPolicies(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!policy) throw QosPolicyNotFound({ id });
    return policy;
  }
}

/** Throws when another policy is the project's default already. Until the transaction ends nobody else makes one the default. */
async function refuseSecondDefault(trx: InCloud, projectId: string, id: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('default QoS policy'), hashtext(${projectId}))`.execute(trx);
  const other = await defaultQosPolicy(trx, projectId);
  if (other && other.id !== id) throw QosPolicyDefaultAlreadyExists({ projectId });
}

const columnsOf = ({ name, description, isDefault }: QosPolicyChanges) => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description }),
  ...(isDefault !== undefined && { is_default: isDefault }),
});
