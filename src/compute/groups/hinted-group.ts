/** The group that a boot asks for by the hint `group`. */
import type { InWhole } from '../../db/sql/queries.ts';
import { holdServerGroup } from '../../db/stores/groups/group-members.ts';
import { isUuid } from '../../objects/ids.ts';
import { checkGroupMemberQuota } from '../../quota/group-quota.ts';
import type { QuotaOwner } from '../../quota/limits.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { TooManyGroups, UnknownServerGroup } from './errors.ts';

/** The group in the hint, if any, locked until the transaction ends, with its quota checked for the new members. */
export async function hintedGroup(
  trx: InWhole,
  owner: QuotaOwner,
  { hints, servers, limits }: { readonly hints: Readonly<Record<string, unknown>>; readonly servers: number; readonly limits: QuotaLimits },
): Promise<string | undefined> {
  const named: readonly unknown[] = [hints['group'] ?? []].flat();
  if (named.length === 0) return undefined;
  if (named.length > 1) throw TooManyGroups({ groups: named.length });
  const id = String(named[0]);
  const group = isUuid(id) ? await holdServerGroup(trx, { id, projectId: owner.projectId }) : undefined;
  if (!group) throw UnknownServerGroup({ id });
  await checkGroupMemberQuota(trx, owner, { used: group.members, requested: servers }, limits);
  return group.id;
}
