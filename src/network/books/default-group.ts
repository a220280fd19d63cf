/** The security group `default` of each project, created on first use. */
import type { Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { listDefaultRules } from '../../db/stores/network/default-rules.ts';
import { findGroup, holdGroupsNamed, insertGroup, insertRule } from '../../db/stores/network/security-groups.ts';
import { securityGroupCreate } from '../../events/network.ts';
import type { Ids } from '../../lib/clock/ids.ts';

/** The group that is used where none is named. */
export const DEFAULT_GROUP = 'default';

/** No other group may have the name, in whatever case. */
export const isDefaultName = (name: string): boolean => name.toLowerCase() === DEFAULT_GROUP;

/** The number of rules of a new group that is not the default group. */
export const NEW_GROUP_RULES = 2;

/** The most rules that operators may set for default groups. */
export const MOST_DEFAULT_RULES = 100;

/** Lets everything out and lets in what comes from members. */
const defaultRules = (groupId: string) =>
  (['IPv4', 'IPv6'] as const).flatMap((ethertype) => [
    { direction: 'egress' as const, ethertype, remote_group_id: null },
    { direction: 'ingress' as const, ethertype, remote_group_id: groupId },
  ]);

/** Creates the project's default group if it is missing. Of concurrent callers one creates it, and the others wait for that. */
export async function ensureDefaultGroup(changing: Changing<CloudDb>, ids: Ids, projectId: string): Promise<void> {
  if ((await holdGroupsNamed(changing.trx, { projectId, names: [DEFAULT_GROUP] })).length > 0) return;
  await writeGroup(changing, ids, { id: ids.uuid(), projectId, name: DEFAULT_GROUP, description: 'Default security group' });
}

interface NewGroup {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly tags?: readonly string[] | undefined;
}

/**
 * Creates a group that lets everything out. The default group also lets in its members, and what the operator's default rules allow; a
 * second one of a project is not created.
 */
export async function writeGroup({ trx, tell }: Changing<CloudDb>, ids: Ids, group: NewGroup): Promise<void> {
  const { id, projectId, name, description, tags } = group;
  if (!(await insertGroup(trx, { id, project_id: projectId, name, description, tags }))) return;
  const wanted = defaultRules(id).filter(({ direction }) => name === DEFAULT_GROUP || direction === 'egress');
  for (const rule of wanted) {
    const whole = { ...rule, id: ids.uuid(), group_id: id, project_id: projectId };
    await insertRule(trx, { ...whole, protocol: null, port_min: null, port_max: null, remote_cidr: null });
  }
  for (const rule of name === DEFAULT_GROUP ? await listDefaultRules(trx, MOST_DEFAULT_RULES) : []) {
    const { ethertype, protocol, portMin, portMax, remoteCidr } = rule;
    const whole = { id: ids.uuid(), group_id: id, project_id: projectId, direction: 'ingress' as const, remote_group_id: null };
    await insertRule(trx, { ...whole, ethertype, protocol, port_min: portMin, port_max: portMax, remote_cidr: remoteCidr });
  }
  const made = await findGroup(trx, id, null);
  if (made) tell(securityGroupCreate(made));
}
