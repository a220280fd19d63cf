import { change } from '../../db/change.ts';
import {
  deleteVolumeLimits,
  holdVolumeQuota,
  ownerOfClass,
  saveVolumeLimits,
  volumeTypeNames,
  volumeUsage,
} from '../../db/stores/volume/quotas.ts';
import { volumeQuotaDelete, volumeQuotaUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeDeps } from '../deps.ts';
import { VolumeQuotaInvalid } from '../quota-errors.ts';
import { limitsOfDefaults, limitsOfProject, resourcesOfTypes, volumeResources } from '../quota.ts';

type Numbers = Readonly<Record<string, number>>;

/** Limits and what is used of them. */
export interface VolumeLimitsAndUse {
  readonly limits: Numbers;
  readonly used: Numbers;
}

/** Quotas of the volume service: members may see their own, operators change them. */
export class VolumeQuotasApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  /** Limits and usage of the caller's project, or of another for an administrator. */
  async limits(ctx: Context, asked?: string): Promise<VolumeLimitsAndUse> {
    const { policy } = this.#deps;
    const projectId = ctx.isAdmin ? (asked ?? ctx.projectId ?? '') : (ctx.projectId ?? '');
    policy.check(ctx, 'limits_extension:used_limits', { project_id: projectId });
    return await this.#read(projectId);
  }

  async show(ctx: Context, projectId: string): Promise<VolumeLimitsAndUse> {
    this.#deps.policy.check(ctx, 'volume_extension:quotas:show', { project_id: projectId });
    return await this.#read(projectId);
  }

  /** The limits of a project for which none were set. */
  async defaults(ctx: Context, projectId: string): Promise<Numbers> {
    this.#deps.policy.check(ctx, 'volume_extension:quotas:show', { project_id: projectId });
    return await this.#defaults();
  }

  async update(ctx: Context, projectId: string, limits: Numbers): Promise<Numbers> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:quotas:update', { project_id: projectId });
    await this.#checkNames(limits);
    await change(ctx, { db, what: `volumeQuota.update ${projectId}` }, async ({ trx, tell }) => {
      await holdVolumeQuota(trx, projectId);
      await saveVolumeLimits(trx, projectId, limits);
      tell(volumeQuotaUpdate({ owner: projectId, limits }));
    });
    return (await this.#read(projectId)).limits;
  }

  /** Resets the project to the defaults. */
  async delete(ctx: Context, projectId: string): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:quotas:delete', { project_id: projectId });
    await change(ctx, { db, what: `volumeQuota.delete ${projectId}` }, async ({ trx, tell }) => {
      await deleteVolumeLimits(trx, projectId);
      tell(volumeQuotaDelete({ owner: projectId, limits: {} }));
    });
  }

  /** The limits of a class; only that called `default` matters. */
  async classLimits(ctx: Context, _name: string): Promise<Numbers> {
    this.#deps.policy.check(ctx, 'volume_extension:quota_classes:get');
    return await this.#defaults();
  }

  async updateClass(ctx: Context, name: string, limits: Numbers): Promise<Numbers> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:quota_classes:update');
    await this.#checkNames(limits);
    const owner = ownerOfClass(name);
    await change(ctx, { db, what: `volumeQuotaClass.update ${name}` }, async ({ trx, tell }) => {
      await saveVolumeLimits(trx, owner, limits);
      tell(volumeQuotaUpdate({ owner, limits }));
    });
    return await this.classLimits(ctx, name);
  }

  async #defaults(): Promise<Numbers> {
    const { db, quotaLimits } = this.#deps;
    return { ...(await this.#unlimitedTypes()), ...(await limitsOfDefaults(db, quotaLimits)) };
  }

  async #read(projectId: string): Promise<VolumeLimitsAndUse> {
    const { db, quotaLimits } = this.#deps;
    const limits = { ...(await this.#unlimitedTypes()), ...(await limitsOfProject(db, projectId, quotaLimits)) };
    return { limits, used: await volumeUsage(db, projectId) };
  }

  /** Each type has limits of its own, which nobody has set yet. */
  async #unlimitedTypes(): Promise<Numbers> {
    const names = await volumeTypeNames(this.#deps.db);
    return Object.fromEntries(names.flatMap((name) => resourcesOfTypes.map((resource) => [`${resource}_${name}`, -1])));
  }

  async #checkNames(limits: Numbers): Promise<void> {
    const known = [...volumeResources, ...Object.keys(await this.#unlimitedTypes())];
    const unknown = Object.keys(limits).filter((name) => !known.includes(name));
    if (unknown.length > 0) throw VolumeQuotaInvalid({ because: `Bad key(s) in quota set: ${unknown.join(',')}` });
  }
}
