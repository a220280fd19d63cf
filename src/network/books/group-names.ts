import { groupsNamed, holdGroupsNamed } from '../../db/stores/network/security-groups.ts';
import type { Changing } from '../../db/change.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { DEFAULT_GROUP, ensureDefaultGroup } from './default-group.ts';
import { SecurityGroupAmbiguous, SecurityGroupNotFound, UnknownSecurityGroup } from '../errors.ts';

interface Named {
  readonly projectId: string;
  /** Each a name or an id; an empty list means the default group. */
  readonly names: readonly string[];
}

type Groups = Awaited<ReturnType<typeof groupsNamed>>;

/**
 * The ids of a project's security groups, locked until the end of the transaction. Creates the default group if it is named and missing.
 * Throws UnknownSecurityGroup or, for a name of two groups, SecurityGroupAmbiguous.
 */
export async function groupIdsOf(changing: Changing<CloudDb>, ids: Ids, named: Named): Promise<readonly string[]> {
  const [projectId, wanted] = [named.projectId, wantedOf(named)];
  const there = await holdGroupsNamed(changing.trx, { projectId, names: wanted });
  if (!lacksDefault(named, there)) return idsAmong(there, named);
  await ensureDefaultGroup(changing, ids, projectId);
  return idsAmong(await holdGroupsNamed(changing.trx, { projectId, names: wanted }), named);
}

/** The same for groups that are named by their ids only, as ports do. Throws SecurityGroupNotFound. */
export async function groupsWithIds(trx: InCloud, projectId: string, ids: readonly string[]): Promise<readonly string[]> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  const there = await holdGroupsNamed(trx, { projectId, names: wanted });
  for (const wantedId of wanted) if (!there.some(({ id }) => id === wantedId)) throw SecurityGroupNotFound({ id: wantedId });
  return wanted;
}

/** Throws if a name is unknown or ambiguous now. A missing default group is fine: it is created on first use. */
export async function checkGroupNames(db: CloudDb, named: Named): Promise<void> {
  const wanted = wantedOf(named);
  const there = await groupsNamed(db, { projectId: named.projectId, names: wanted });
  idsAmong(lacksDefault(named, there) ? [...there, { id: '', name: DEFAULT_GROUP, projectId: named.projectId }] : there, named);
}

const wantedOf = ({ names }: Named): readonly string[] => (names.length > 0 ? names : [DEFAULT_GROUP]);

const lacksDefault = (named: Named, there: Groups): boolean =>
  wantedOf(named).includes(DEFAULT_GROUP) && ownNamed(there, named, DEFAULT_GROUP).length === 0;

/** Groups of other projects have the same names: those are meant by their ids only. */
const ownNamed = (groups: Groups, { projectId }: Named, name: string): Groups =>
  groups.filter((each) => each.projectId === projectId && each.name === name);

function idsAmong(groups: Groups, named: Named): readonly string[] {
  const found = wantedOf(named).map((name) => {
    const byId = groups.find(({ id }) => id === name);
    if (byId) return byId.id;
    const [group, other] = ownNamed(groups, named, name);
    if (!group) throw UnknownSecurityGroup({ name, projectId: named.projectId });
    if (other) throw SecurityGroupAmbiguous({ name });
    return group.id;
  });
  return [...new Set(found)];
}
