/** Quotas of server groups: how many there are, and how many servers are in one. */
import { sql } from 'kysely';
import type { InWhole, WholeDb } from '../db/sql/queries.ts';
import { errorType } from '../lib/errors/error-type.ts';
import { holdQuota } from './check.ts';
import { limitsOf, type QuotaOwner } from './limits.ts';
import type { QuotaLimits } from './resources.ts';

export const TooManyServerGroups = errorType(
  'TooManyServerGroups',
  'over-limit',
  (_: { used: number; limit: number }) => 'Quota exceeded, too many server groups.',
);

export const TooManyGroupMembers = errorType(
  'TooManyGroupMembers',
  'over-limit',
  (_: { used: number; requested: number; limit: number }) => 'Quota exceeded, too many servers in group',
);

/** How many groups a project has, or one user in it. */
export async function countServerGroups(db: WholeDb, { projectId, userId }: QuotaOwner): Promise<number> {
  const groups = db.selectFrom('server_groups').where('project_id', '=', projectId);
  const { n } = await (userId === undefined ? groups : groups.where('user_id', '=', userId))
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow();
  return n;
}

/** Refuses one group more than a project, or a user with limits of their own in it, may have. Holds the project's quota. */
export async function checkServerGroupQuota(trx: InWhole, owner: QuotaOwner, options: QuotaLimits): Promise<void> {
  await holdQuota(trx, owner.projectId);
  const { project, user, userHasOwn } = await limitsOf(trx, owner, options);
  await refuseOneMore(trx, { projectId: owner.projectId }, project.server_groups);
  if (userHasOwn) await refuseOneMore(trx, owner, user.server_groups);
}

async function refuseOneMore(trx: InWhole, owner: QuotaOwner, limit: number): Promise<void> {
  if (limit < 0) return;
  const used = await countServerGroups(trx, owner);
  if (used >= limit) throw TooManyServerGroups({ used, limit });
}

/** Refuses a group more servers than one may have. The caller holds the group. */
export async function checkGroupMemberQuota(
  trx: InWhole,
  owner: QuotaOwner,
  { used, requested }: { readonly used: number; readonly requested: number },
  options: QuotaLimits,
): Promise<void> {
  const { server_group_members: limit } = (await limitsOf(trx, owner, options)).user;
  if (limit >= 0 && used + requested > limit) throw TooManyGroupMembers({ used, requested, limit });
}
