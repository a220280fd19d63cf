import { change } from '../../db/change.ts';
import { deleteLimits, saveLimits } from '../../db/stores/quotas/quota-limits.ts';
import type { InWhole, WholeDb } from '../../db/sql/queries.ts';
import { quotaClassUpdate, quotaDelete, quotaUpdate } from '../../events/compute.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import { holdQuota } from '../../quota/check.ts';
import { limitsOf, limitsOfClass, type QuotaOwner } from '../../quota/limits.ts';
import { type QuotaLimits, type QuotaName, quotaNames } from '../../quota/resources.ts';
import { countServerGroups } from '../../quota/group-quota.ts';
import { type Usage, usageOf } from '../../quota/usage.ts';
import { UnknownProject, UnknownUser } from '../errors.ts';
import { LimitAboveProject, LimitBelowUse } from './errors.ts';

export { type QuotaLimits, type QuotaName, quotaNames, type QuotaOwner };

/** What an owner uses of each counted resource. */
export type QuotaUse = Usage & { readonly server_groups: number };

interface Deps {
  readonly db: WholeDb;
  readonly policy: Policy;
  /** Limits where an operator has set none. */
  readonly quotaLimits: QuotaLimits;
  /** Whether the identity service knows the project, or the user. */
  readonly isProject: (id: string) => Promise<boolean>;
  readonly isUser: (id: string) => Promise<boolean>;
}

/** Limits and usage. */
export interface LimitsAndUse {
  readonly limits: QuotaLimits;
  readonly used: QuotaUse;
}

/** Quotas of projects, users in them, and quota classes. */
export class QuotaApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Limits and usage of the caller's project, or of another one if policy allows. */
  async limits(ctx: Context, asked: string | undefined): Promise<LimitsAndUse> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'os_compute_api:limits');
    const projectId = asked ?? ctx.projectId ?? '';
    if (projectId !== ctx.projectId) policy.check(ctx, 'os_compute_api:limits:other_project', { project_id: projectId });
    const { project } = await limitsOf(db, { projectId }, quotaLimits);
    return { limits: project, used: await useOf(db, { projectId }) };
  }

  /** An owner's limits. */
  async show(ctx: Context, owner: QuotaOwner): Promise<QuotaLimits> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-quota-sets:show', { project_id: owner.projectId });
    await this.#checkProject(owner.projectId);
    return (await limitsOf(this.#deps.db, owner, this.#deps.quotaLimits)).user;
  }

  /** An owner's limits and usage. */
  async detail(ctx: Context, owner: QuotaOwner): Promise<LimitsAndUse> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-quota-sets:detail', { project_id: owner.projectId });
    await this.#checkProject(owner.projectId);
    return { limits: (await limitsOf(db, owner, quotaLimits)).user, used: await useOf(db, owner) };
  }

  /** The limits of a project for which none were set. */
  async defaults(ctx: Context, projectId: string): Promise<QuotaLimits> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-quota-sets:defaults', { project_id: projectId });
    await this.#checkProject(projectId);
    return await limitsOfClass(this.#deps.db, 'default', this.#deps.quotaLimits);
  }

  /** @param outOfRange whether limits below the usage, or for a user above those of the project, are refused or allowed */
  async update(
    ctx: Context,
    owner: QuotaOwner,
    changes: Partial<QuotaLimits>,
    { outOfRange }: { outOfRange: 'refuse' | 'allow' },
  ): Promise<QuotaLimits> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-quota-sets:update', { project_id: owner.projectId });
    const prepare = () => this.#checkOwner(owner);
    return await change(ctx, { db, what: 'quota.update', prepare }, async ({ trx, tell }) => {
      await holdQuota(trx, owner.projectId);
      if (outOfRange === 'refuse') await this.#checkRange(trx, owner, changes);
      await saveLimits(trx, owner, changes);
      const { user: limits } = await limitsOf(trx, owner, quotaLimits);
      tell(quotaUpdate(toldOf(owner, limits)));
      return limits;
    });
  }

  /** Removes the limits that were set for an owner. */
  async reset(ctx: Context, owner: QuotaOwner): Promise<void> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-quota-sets:delete', { project_id: owner.projectId });
    await change(ctx, { db, what: 'quota.delete' }, async ({ trx, tell }) => {
      await holdQuota(trx, owner.projectId);
      const { user: limits } = await limitsOf(trx, owner, quotaLimits);
      await deleteLimits(trx, owner);
      tell(quotaDelete(toldOf(owner, limits)));
    });
  }

  /** The limits of a class; only the class `default` has any. */
  async showClass(ctx: Context, className: string): Promise<QuotaLimits> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-quota-class-sets:show');
    return await limitsOfClass(this.#deps.db, className, this.#deps.quotaLimits);
  }

  async updateClass(ctx: Context, className: string, changes: Partial<QuotaLimits>): Promise<QuotaLimits> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-quota-class-sets:update');
    return await change(ctx, { db, what: 'quotaClass.update' }, async ({ trx, tell }) => {
      await saveLimits(trx, { className }, changes);
      const limits = await limitsOfClass(trx, className, quotaLimits);
      tell(quotaClassUpdate({ className, limits }));
      return limits;
    });
  }

  async #checkOwner({ projectId, userId }: QuotaOwner): Promise<void> {
    await this.#checkProject(projectId);
    if (userId !== undefined && !(await this.#deps.isUser(userId))) throw UnknownUser({ id: userId });
  }

  async #checkProject(id: string): Promise<void> {
    if (!(await this.#deps.isProject(id))) throw UnknownProject({ id });
  }

  async #checkRange(trx: InWhole, owner: QuotaOwner, changes: Partial<QuotaLimits>): Promise<void> {
    const used: Partial<Record<QuotaName, number>> = { ...(await useOf(trx, owner)) };
    const ofProject = owner.userId === undefined ? undefined : (await limitsOf(trx, owner, this.#deps.quotaLimits)).project;
    for (const resource of quotaNames) {
      const limit = changes[resource];
      if (limit === undefined) continue;
      const least = used[resource] ?? 0;
      const most = ofProject?.[resource] ?? -1;
      if (limit >= 0 && limit < least) throw LimitBelowUse({ resource, limit, least });
      if (most >= 0 && (limit < 0 || limit > most)) throw LimitAboveProject({ resource, limit, most });
    }
  }
}

const toldOf = ({ projectId, userId = null }: { readonly projectId: string; readonly userId?: string | null }, limits: QuotaLimits) => ({
  projectId,
  userId,
  limits,
});

async function useOf(db: WholeDb, owner: QuotaOwner): Promise<QuotaUse> {
  return { ...(await usageOf(db, owner)), server_groups: await countServerGroups(db, owner) };
}
