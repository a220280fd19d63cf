/** Security groups, by the ids and names that EC2 has for them. */
import type { ProxiedGroupsApi } from '../../../compute/proxies/proxied-groups-api.ts';
import { groupIdOf } from '../../../objects/ec2-ids.ts';
import type { SecurityGroup } from '../../../objects/network.ts';
import { GroupNotFound, MissingParameter } from '../errors.ts';
import type { Ec2Asked } from './asked.ts';

/** More than a quota allows. */
const MOST = 10_000;

/** The groups of the caller's project, with the groups that their rules name. */
export const groupsOf = ({ ctx }: Ec2Asked, groups: ProxiedGroupsApi) => groups.list(ctx, { ofAllProjects: false, offset: 0, limit: MOST });

/** The group of an id or a name. */
export function groupIn(all: readonly SecurityGroup[], named: string): SecurityGroup {
  const found = all.find((group) => groupIdOf(group) === named) ?? all.find(({ name }) => name === named);
  if (!found) throw GroupNotFound({ group: named });
  return found;
}

/** The groups of these ids or names; all of them exist, or none is answered. */
export async function groupsNamed(asked: Ec2Asked, groups: ProxiedGroupsApi, named: readonly string[]): Promise<readonly SecurityGroup[]> {
  if (named.length === 0) return [];
  const all = await groupsOf(asked, groups);
  return named.map((one) => groupIn(all.groups, one));
}

/** The group that a request is about. */
export async function groupAsked(asked: Ec2Asked, groups: ProxiedGroupsApi): Promise<SecurityGroup> {
  const named = asked.text('GroupId') ?? asked.text('GroupName');
  if (named === undefined) throw MissingParameter({ name: 'GroupId' });
  return groupIn((await groupsOf(asked, groups)).groups, named);
}
