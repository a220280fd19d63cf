import { change } from '../../db/change.ts';
import {
  deleteNetworkLimits,
  holdNetworkQuota,
  listNetworkLimits,
  readNetworkLimits,
  saveNetworkLimits,
} from '../../db/stores/network/quotas.ts';
import { networkQuotaDelete, networkQuotaUpdate } from '../../events/network-defaults.ts';
import type { Context } from '../../lib/context/context.ts';
import type { NetworkApiDeps } from './deps.ts';
import { QuotaBelowUsage, QuotasNotFound } from '../errors.ts';
import { limitsWith, type NetworkLimits, networkQuotaNames, networkUsageOf } from '../books/quota.ts';

export { type NetworkLimits, type NetworkQuotaName, networkQuotaNames, perQuota } from '../books/quota.ts';

/** A project's limits. */
export interface ProjectLimits {
  readonly projectId: string;
  readonly limits: NetworkLimits;
}

/** New limits; `checkLimit` refuses those below the present usage. */
export interface LimitChanges {
  readonly limits: Partial<NetworkLimits>;
  readonly checkLimit?: boolean;
}

/** Network quotas of projects: members may see them, operators change them. */
export class QuotasApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  /** The projects with limits of their own. */
  async list(ctx: Context): Promise<readonly ProjectLimits[]> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'get_quotas');
    const stored = await listNetworkLimits(db);
    return [...stored].map(([projectId, limits]) => ({ projectId, limits: limitsWith(limits, quotaLimits) }));
  }

  async show(ctx: Context, projectId: string): Promise<ProjectLimits> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'get_quota', { project_id: projectId });
    return { projectId, limits: limitsWith(await readNetworkLimits(db, projectId), quotaLimits) };
  }

  /** The limits of a project without its own. */
  async defaults(ctx: Context, projectId: string): Promise<ProjectLimits> {
    const { policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'get_quota', { project_id: projectId });
    return { projectId, limits: quotaLimits };
  }

  /** Its limits and usage. */
  async details(ctx: Context, projectId: string): Promise<ProjectLimits & { readonly used: NetworkLimits }> {
    return { ...(await this.show(ctx, projectId)), used: await networkUsageOf(this.#deps.db, projectId) };
  }

  async update(ctx: Context, projectId: string, { limits, checkLimit = false }: LimitChanges): Promise<ProjectLimits> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'update_quota', { project_id: projectId });
    await change(ctx, { db, what: 'networkQuota.update' }, async ({ trx, tell }) => {
      await holdNetworkQuota(trx, projectId);
      if (checkLimit) refuseBelow(await networkUsageOf(trx, projectId), limits);
      await saveNetworkLimits(trx, projectId, limits);
      tell(networkQuotaUpdate({ projectId, limits: limitsWith(await readNetworkLimits(trx, projectId), quotaLimits) }));
    });
    return await this.show(ctx, projectId);
  }

  /** Resets the project to the defaults. */
  async delete(ctx: Context, projectId: string): Promise<void> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'delete_quota', { project_id: projectId });
    await change(ctx, { db, what: 'networkQuota.delete' }, async ({ trx, tell }) => {
      await holdNetworkQuota(trx, projectId);
      const limits = limitsWith(await readNetworkLimits(trx, projectId), quotaLimits);
      if (!(await deleteNetworkLimits(trx, projectId))) throw QuotasNotFound({ projectId });
      tell(networkQuotaDelete({ projectId, limits }));
    });
  }
}

function refuseBelow(used: NetworkLimits, limits: Partial<NetworkLimits>): void {
  const resources = networkQuotaNames.filter((name) => {
    const limit = limits[name] ?? -1;
    return limit >= 0 && limit < used[name];
  });
  if (resources.length > 0) throw QuotaBelowUsage({ resources });
}
