import { sql } from 'kysely';
import type { CloudDb, InCloud, InWhole } from '../db/sql/queries.ts';
import { errorType } from '../lib/errors/error-type.ts';
import type { Flavor } from '../objects/flavor.ts';
import { limitsOf, type OwnerLimits, type QuotaOwner } from './limits.ts';
import type { QuotaLimits, QuotaName } from './resources.ts';
import { type Usage, usageOf } from './usage.ts';

/** One limit that would be exceeded. */
export interface Over {
  readonly resource: QuotaName;
  readonly requested: number;
  readonly used: number;
  readonly limit: number;
}

/** A request would exceed limits of its owner; the message lists all of them. */
export const QuotaExceeded = errorType('QuotaExceeded', 'over-limit', ({ over }: { over: readonly Over[] }) => {
  const each = (tell: (one: Over) => unknown): string => over.map(tell).join(', ');
  const names = each(({ resource }) => resource);
  return (
    `Quota exceeded for ${names}: Requested ${each(({ requested }) => requested)}, ` +
    `but already used ${each(({ used }) => used)} of ${each(({ limit }) => limit)} ${names}`
  );
});

/** A server would exceed the limit of metadata items. */
export const MetadataLimitExceeded = errorType(
  'MetadataLimitExceeded',
  'over-limit',
  (p: { limit: number }) => `Maximum number of metadata items exceeds ${p.limit}`,
);

/** Locks a project's quota until the transaction ends: no other request can use or change it. */
export async function holdQuota(trx: InCloud, projectId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('quota'), hashtext(${projectId}))`.execute(trx);
}

/**
 * Refuses a request that would exceed the limits of a project, or of a user with their own limits in it. Locks the project's quota
 * until the transaction ends, so that two concurrent requests cannot both take the last place.
 */
export async function checkQuota(trx: InWhole, owner: QuotaOwner, wanted: Usage, options: QuotaLimits): Promise<void> {
  const { projectId } = owner;
  // Without limits no lock is needed.
  if (!limitsAny(await limitsOf(trx, owner, options))) return;
  await holdQuota(trx, projectId);
  const limits = await limitsOf(trx, owner, options);
  refuseOver(await usageOf(trx, { projectId }), wanted, limits.project);
  if (limits.userHasOwn) refuseOver(await usageOf(trx, owner), wanted, limits.user);
}

/** Refuses a server's change to a larger flavor that would exceed the limits; a smaller one passes. */
export async function checkGrowth(
  trx: InWhole,
  server: QuotaOwner & { readonly flavor: Flavor },
  to: Flavor,
  options: QuotaLimits,
): Promise<void> {
  const { flavor: from } = server;
  const more = { instances: 0, cores: Math.max(0, to.vcpus - from.vcpus), ram: Math.max(0, to.ramMb - from.ramMb) };
  if (more.cores > 0 || more.ram > 0) await checkQuota(trx, server, more, options);
}

/** Refuses more metadata items than the owner's limit per server. */
export async function checkMetadataItems(db: CloudDb, owner: QuotaOwner, items: number, options: QuotaLimits): Promise<void> {
  if (items === 0) return;
  const { metadata_items: limit } = (await limitsOf(db, owner, options)).user;
  if (limit >= 0 && items > limit) throw MetadataLimitExceeded({ limit });
}

const counted = ['cores', 'instances', 'ram'] as const;

const limitsAny = ({ project, user }: OwnerLimits): boolean => counted.some((name) => project[name] >= 0 || user[name] >= 0);

function refuseOver(used: Usage, wanted: Usage, limits: QuotaLimits): void {
  const over = counted
    .map((resource) => ({ resource, requested: wanted[resource], used: used[resource], limit: limits[resource] }))
    .filter(({ requested, used: has, limit }) => limit >= 0 && has + requested > limit);
  if (over.length > 0) throw QuotaExceeded({ over });
}
