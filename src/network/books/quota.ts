/** How much of each thing a project may have: counted from the rows at each creation, so that there is no counter that could be wrong. */
import { countOfProject, holdNetworkQuota, readNetworkLimits, type StoredNetworkLimits } from '../../db/stores/network/quotas.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { OverQuota } from '../errors.ts';

/** What is limited, by the API's names, and the table in which it is counted. */
const tableOf = {
  network: 'networks',
  subnet: 'subnets',
  port: 'ports',
  security_group: 'security_groups',
  security_group_rule: 'security_group_rules',
} as const;
export type NetworkQuotaName = keyof typeof tableOf;

/** The names of what is limited. */
export const networkQuotaNames = [
  'network',
  'subnet',
  'port',
  'security_group',
  'security_group_rule',
] as const satisfies readonly NetworkQuotaName[];

/** How much of each there may be; -1 is without bound. */
export type NetworkLimits = Readonly<Record<NetworkQuotaName, number>>;

const each = <T>(valueOf: (name: NetworkQuotaName) => T): Readonly<Record<NetworkQuotaName, T>> => ({
  network: valueOf('network'),
  subnet: valueOf('subnet'),
  port: valueOf('port'),
  security_group: valueOf('security_group'),
  security_group_rule: valueOf('security_group_rule'),
});

/** No limits at all. */
export const noNetworkLimits: NetworkLimits = each(() => -1);

/** What holds for a project: what was set for it, else the defaults. */
export const limitsWith = (stored: StoredNetworkLimits, defaults: NetworkLimits): NetworkLimits =>
  each((name) => stored[name] ?? defaults[name]);

/** What a project has of each. */
export async function networkUsageOf(db: CloudDb, projectId: string): Promise<NetworkLimits> {
  const counted: Partial<Record<NetworkQuotaName, number>> = {};
  for (const name of networkQuotaNames) counted[name] = await countOfProject(db, tableOf[name], projectId);
  return each((name) => counted[name] ?? 0);
}

/** More of something for a project. */
export interface Wanted {
  readonly projectId: string;
  readonly resource: NetworkQuotaName;
  readonly count: number;
}

/**
 * Refuses what would take a project over a limit. Holds the project's quota until the transaction ends, so that two requests at once
 * cannot both take the last place; to be called before anything else is locked, so that nobody waits in a circle.
 */
export async function takeQuota(trx: InCloud, defaults: NetworkLimits, { projectId, resource, count }: Wanted): Promise<void> {
  if (count === 0) return;
  const limitNow = async () => limitsWith(await readNetworkLimits(trx, projectId), defaults)[resource];
  // Where there is no limit nobody needs to wait for anybody.
  if ((await limitNow()) < 0) return;
  await holdNetworkQuota(trx, projectId);
  const limit = await limitNow();
  if (limit < 0) return;
  const used = await countOfProject(trx, tableOf[resource], projectId);
  if (used + count > limit) throw OverQuota({ resource, limit, used, requested: count });
}

/** The same for things of several projects at once, each project held in one order. */
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

/** How many more of something a project may have; infinite where there is no limit. A moment later it may be less. */
export async function roomFor(db: CloudDb, defaults: NetworkLimits, projectId: string, resource: NetworkQuotaName): Promise<number> {
  const limit = limitsWith(await readNetworkLimits(db, projectId), defaults)[resource];
  return limit < 0 ? Number.POSITIVE_INFINITY : limit - (await countOfProject(db, tableOf[resource], projectId));
}
