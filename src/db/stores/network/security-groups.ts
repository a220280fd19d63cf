/** Rows of security groups, their rules and their members. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { isUuid } from '../../../objects/ids.ts';
import type { NamedGroup, SecurityGroup, SecurityGroupRule } from '../../../objects/network.ts';
import type { SecurityGroupRulesTable, SecurityGroupsTable } from '../../schema/network.ts';
import { batched } from '../../sql/batch-queries.ts';
import { askedBy, type PageQuery, pageOf } from './pages.ts';
import { isSharedWith, isSharedWithAny, seenBy } from './sharing.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

type GroupRow = Selectable<SecurityGroupsTable> & { is_shared: boolean };

const toRule = (row: Selectable<SecurityGroupRulesTable>): SecurityGroupRule => ({
  id: row.id,
  number: row.number,
  groupId: row.group_id,
  projectId: row.project_id,
  description: row.description,
  direction: row.direction,
  ethertype: row.ethertype,
  protocol: row.protocol,
  portMin: row.port_min,
  portMax: row.port_max,
  remoteCidr: row.remote_cidr,
  remoteGroupId: row.remote_group_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
});

const toGroup = (row: GroupRow, rules: readonly SecurityGroupRule[]): SecurityGroup => ({
  id: row.id,
  number: row.number,
  projectId: row.project_id,
  name: row.name,
  description: row.description,
  isShared: row.is_shared,
  rules: rules.filter((rule) => rule.groupId === row.id),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
  tags: row.tags,
});

/** The rules of groups, oldest first. */
export async function rulesOf(db: CloudDb, groupIds: readonly string[]): Promise<readonly SecurityGroupRule[]> {
  if (groupIds.length === 0) return [];
  return (await db.selectFrom('security_group_rules').selectAll().where('group_id', 'in', groupIds).orderBy('number').execute()).map(
    toRule,
  );
}

async function withRules(db: CloudDb, rows: readonly GroupRow[]): Promise<readonly SecurityGroup[]> {
  const ids = rows.map(({ id }) => id);
  const rules = await rulesOf(db, ids);
  return rows.map((row) => toGroup(row, rules));
}

/** Groups as a project sees them (null: as nobody's in particular). */
const selectGroups = (db: CloudDb, projectId: string | null = null) => {
  const all = db
    .selectFrom('security_groups')
    .selectAll('security_groups')
    .select(isSharedWith('security_groups', projectId).as('is_shared'));
  return projectId === null ? all : all.where(seenBy('security_groups', projectId));
};

export async function findGroup(db: CloudDb, id: string, projectId: string | null): Promise<SecurityGroup | undefined> {
  const row = await selectGroups(db, projectId).where('id', '=', id).executeTakeFirst();
  return row && (await withRules(db, [row]))[0];
}

/** Groups with their rules, by id. */
export async function groupsWithIds(db: CloudDb, ids: readonly string[]): Promise<readonly SecurityGroup[]> {
  if (ids.length === 0) return [];
  return await withRules(db, await selectGroups(db).where('id', 'in', ids).orderBy('number').execute());
}

/** The names and owners of groups, by id. */
export async function namesOfGroups(db: CloudDb, ids: readonly string[]): Promise<readonly NamedGroup[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('security_groups').select(['id', 'name', 'project_id']).where('id', 'in', ids).execute();
  return rows.map(({ id, name, project_id }) => ({ id, name, projectId: project_id }));
}

/** Groups of a project to look up, each by name or id. */
export interface GroupsWanted {
  readonly projectId: string;
  readonly names: readonly string[];
}

/** A project's groups with one of these names or ids. */
export const groupsNamed = batched(
  (wanted: GroupsWanted) => JSON.stringify([wanted.projectId, wanted.names]),
  async (db: CloudDb, all: readonly GroupsWanted[]): Promise<readonly (readonly GroupName[])[]> => {
    const projectIds = [...new Set(all.map(({ projectId }) => projectId))];
    // PostgreSQL refuses text with the character 0: one such name would fail the whole batch.
    const names = new Set(all.flatMap((wanted) => wanted.names).filter((name) => !name.includes('\0')));
    const rows = await selectNamed(db, projectIds, [...names]).execute();
    return all.map((wanted) =>
      rows.filter(({ id, name, projectId, targets }) => {
        const isOwn = projectId === wanted.projectId;
        const isLent = targets.includes('*') || targets.includes(wanted.projectId);
        return (isOwn && wanted.names.includes(name)) || ((isOwn || isLent) && wanted.names.includes(id));
      }),
    );
  },
);

/** The same; they cannot be deleted until the transaction ends. */
export const holdGroupsNamed = (trx: InCloud, { projectId, names }: GroupsWanted): Promise<readonly GroupName[]> =>
  selectNamed(trx, [projectId], names).forKeyShare().execute();

interface GroupName {
  readonly id: string;
  readonly name: string;
  /** The owner: others let the project use their groups by id, never by name. */
  readonly projectId: string;
}

/** Own groups by name or id, and by id those that others let the projects use. */
const selectNamed = (db: CloudDb, projectIds: readonly string[], names: readonly string[]) => {
  const targets = sql<string[]>`ARRAY(SELECT target_project FROM rbac_policies WHERE object_id = security_groups.id)`;
  const isOwn = sql`project_id = ANY(${[...projectIds]})`;
  return db
    .selectFrom('security_groups')
    .select(['id', 'name', 'project_id as projectId', targets.as('targets')])
    .where(
      sql<boolean>`((${isOwn} AND name = ANY(${[...names]}))
        OR (id = ANY(${names.filter(isUuid)}::uuid[]) AND (${isOwn} OR ${isSharedWithAny('security_groups', projectIds)})))`,
    )
    .orderBy('number');
};

/** Locks groups, and so their rules, against changes until the transaction ends. @returns those that exist */
export async function lockGroups(trx: InCloud, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await trx.selectFrom('security_groups').select('id').where('id', 'in', ids).orderBy('number').forNoKeyUpdate().execute();
  return rows.map(({ id }) => id);
}

/** Prevents groups from being deleted until the transaction ends. @returns those that exist */
export async function holdGroups(trx: InCloud, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await trx.selectFrom('security_groups').select('id').where('id', 'in', ids).orderBy('number').forKeyShare().execute();
  return rows.map(({ id }) => id);
}

export async function listGroups(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly SecurityGroup[] | undefined> {
  const rows = await pageOf(db, selectGroups(db, projectId), 'security_groups', askedBy('security_groups', projectId, query));
  return rows && (await withRules(db, rows));
}

/** @returns false for a project's second group named `default` */
export async function insertGroup(db: CloudDb, row: Insertable<SecurityGroupsTable>): Promise<boolean> {
  const made = await db
    .insertInto('security_groups')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function updateGroup(db: CloudDb, id: string, changes: Updateable<SecurityGroupsTable>): Promise<void> {
  await db
    .updateTable('security_groups')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Deletes a group and its rules, unless it has ports. */
export async function deleteGroup(trx: InCloud, id: string): Promise<'deleted' | 'gone' | 'in use'> {
  // Transactions that add a port to the group wait for this lock, or have committed before it.
  await trx.selectFrom('security_groups').select('id').where('id', '=', id).forUpdate().execute();
  const used = await trx.selectFrom('port_security_groups').select('port_id').where('group_id', '=', id).executeTakeFirst();
  if (used) return 'in use';
  const { numDeletedRows } = await trx.deleteFrom('security_groups').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n ? 'deleted' : 'gone';
}

export async function insertRule(db: CloudDb, row: Insertable<SecurityGroupRulesTable>): Promise<SecurityGroupRule> {
  return toRule(await db.insertInto('security_group_rules').values(row).returningAll().executeTakeFirstOrThrow());
}

export async function findRule(db: CloudDb, id: string, projectId: string | null): Promise<SecurityGroupRule | undefined> {
  const select = db.selectFrom('security_group_rules').selectAll().where('id', '=', id);
  const row = await (projectId === null ? select : select.where('project_id', '=', projectId)).executeTakeFirst();
  return row && toRule(row);
}

export async function listRules(
  db: CloudDb,
  query: PageQuery,
  projectId: string | null,
): Promise<readonly SecurityGroupRule[] | undefined> {
  const select = db.selectFrom('security_group_rules').selectAll();
  const own = projectId === null ? select : select.where('project_id', '=', projectId);
  return (await pageOf(db, own, 'security_group_rules', query))?.map(toRule);
}

/** @returns whether it existed */
export async function deleteRule(db: CloudDb, id: string): Promise<boolean> {
  return (await db.deleteFrom('security_group_rules').where('id', '=', id).executeTakeFirstOrThrow()).numDeletedRows > 0n;
}

/** One address that a member of a group uses. */
export interface MemberAddress {
  readonly groupId: string;
  /** An address, or a prefix if an allowed address pair names one. */
  readonly address: string;
}

/** The addresses of all members of groups, with their allowed address pairs. One row for each group, because a group may have thousands. */
export async function memberAddresses(db: CloudDb, groupIds: readonly string[]): Promise<readonly MemberAddress[]> {
  if (groupIds.length === 0) return [];
  const { rows } = await sql<{ groupId: string; addresses: string[] }>`
    SELECT group_id AS "groupId", jsonb_agg(address ORDER BY address) AS addresses FROM (
      SELECT member.group_id, host(held.ip_address) AS address
      FROM port_security_groups AS member JOIN ip_allocations AS held ON held.port_id = member.port_id
      WHERE member.group_id = ANY(${[...groupIds]})
      UNION
      SELECT member.group_id, pair ->> 'ipAddress'
      FROM port_security_groups AS member JOIN ports ON ports.id = member.port_id CROSS JOIN LATERAL jsonb_array_elements(ports.allowed_address_pairs) AS pair
      WHERE member.group_id = ANY(${[...groupIds]}) AND ports.allowed_address_pairs <> '[]'
    ) AS member
    GROUP BY group_id ORDER BY group_id`.execute(db);
  return rows.flatMap(({ groupId, addresses }) => addresses.map((address) => ({ groupId, address })));
}
