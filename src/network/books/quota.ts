/** Network quotas, counted from the rows at each creation: there is no counter that could be wrong. */
import { countOfProject, holdNetworkQuota, readNetworkLimits, type StoredNetworkLimits } from '../../db/stores/network/quotas.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { OverQuota } from '../errors.ts';

/** The limited resources by their API names, and the table that each is counted in. */
const tableOf = {
  network: 'networks',
  subnet: 'subnets',
  port: 'ports',
  security_group: 'security_groups',
  security_group_rule: 'security_group_rules',
  router: 'routers',
  floatingip: 'floating_ips',
  subnetpool: 'subnet_pools',
  rbac_policy: 'rbac_policies',
} as const;
export type NetworkQuotaName = keyof typeof tableOf;

/** The names of what is limited. */
// Seam: the keys of an object that is declared here are its names.
export const networkQuotaNames = Object.keys(tableOf) as readonly NetworkQuotaName[];

/** A value for each resource. */
export const perQuota = <T>(valueOf: (name: NetworkQuotaName) => T): Readonly<Record<NetworkQuotaName, T>> =>
  // Seam: the names are all there are.
  Object.fromEntries(networkQuotaNames.map((name) => [name, valueOf(name)])) as Record<NetworkQuotaName, T>;

/** A limit for each resource; -1 is unlimited. */
export type NetworkLimits = Readonly<Record<NetworkQuotaName, number>>;

/** No limits at all. */
export const noNetworkLimits: NetworkLimits = perQuota(() => -1);

/** A project's limits: its own, else the defaults. */
export const limitsWith = (stored: StoredNetworkLimits, defaults: NetworkLimits): NetworkLimits =>
  perQuota((name) => stored[name] ?? defaults[name]);

/** A project's usage of each resource. */
export async function networkUsageOf(db: CloudDb, projectId: string): Promise<NetworkLimits> {
  const counted: Partial<Record<NetworkQuotaName, number>> = {};
  for (const name of networkQuotaNames) counted[name] = await countOfProject(db, tableOf[name], projectId);
  return perQuota((name) => counted[name] ?? 0);
}

/** A request for more of a resource. */
export interface Wanted {
  readonly projectId: string;
  readonly resource: NetworkQuotaName;
  readonly count: number;
}

/**
 * Refuses what would exceed a project's limit. Locks the project's quota until the transaction ends, so that concurrent requests cannot
 * both take the last place. Must be called before anything else is locked, to avoid deadlocks.
 */
export async function takeQuota(trx: InCloud, defaults: NetworkLimits, { projectId, resource, count }: Wanted): Promise<void> {
  if (count === 0) return;
  const limitNow = async () => limitsWith(await readNetworkLimits(trx, projectId), defaults)[resource];
  // Without a limit no lock is needed.
  if ((await limitNow()) < 0) return;
  await holdNetworkQuota(trx, projectId);
  const limit = await limitNow();
  if (limit < 0) return;
  const used = await countOfProject(trx, tableOf[resource], projectId);
  if (used + count > limit) throw OverQuota({ resource, limit, used, requested: count });
}

/** The same for several projects, locked in a fixed order. */
export async function takeQuotas(
  trx: InCloud,
  defaults: NetworkLimits,
  { projectIds, resource }: { readonly projectIds: readonly string[]; readonly resource: NetworkQuotaName },
): Promise<void> {
  for (const projectId of [...new Set(projectIds)].sort()) {
    const count = projectIds.filter((one) => one === projectId).length;
    await takeQuota(trx, defaults, { projectId, resource, count });
  }
}

/** What is left of a project's limit; infinite without one. Not locked: a moment later it may be less. */
export async function roomFor(db: CloudDb, defaults: NetworkLimits, projectId: string, resource: NetworkQuotaName): Promise<number> {
  const limit = limitsWith(await readNetworkLimits(db, projectId), defaults)[resource];
  return limit < 0 ? Number.POSITIVE_INFINITY : limit - (await countOfProject(db, tableOf[resource], projectId));
}
