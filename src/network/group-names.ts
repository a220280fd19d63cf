import { groupsNamed } from '../db/stores/security-groups.ts';
import type { InTransaction } from '../db/stores/queries.ts';
import type { Ids } from '../lib/clock/ids.ts';
import { DEFAULT_GROUP, ensureDefaultGroup } from './default-group.ts';
import { SecurityGroupAmbiguous, UnknownSecurityGroup } from './errors.ts';

/**
 * The ids of a project's security groups, each given by id or by name; no names at all mean the default group.
 * Throws UnknownSecurityGroup or, where a name stands for two groups, SecurityGroupAmbiguous.
 */
export async function groupIdsOf(
  trx: InTransaction,
  ids: Ids,
  { projectId, names }: { projectId: string; names: readonly string[] },
): Promise<readonly string[]> {
  const wanted = names.length > 0 ? names : [DEFAULT_GROUP];
  if (wanted.includes(DEFAULT_GROUP)) await ensureDefaultGroup(trx, ids, projectId);
  const groups = await groupsNamed(trx, projectId, wanted);
  const found = wanted.map((name) => {
    const byId = groups.find(({ id }) => id === name);
    if (byId) return byId.id;
    const [group, other] = groups.filter((each) => each.name === name);
    if (!group) throw UnknownSecurityGroup({ name, projectId });
    if (other) throw SecurityGroupAmbiguous({ name });
    return group.id;
  });
  return [...new Set(found)];
}
