/** Groups of servers. */
import { type SelectQueryBuilder, sql } from 'kysely';
import { isUuid, type ServerId } from '../../../objects/ids.ts';
import type { GroupPolicy, ServerGroup } from '../../../objects/server-group.ts';
import type { Database } from '../../schema/index.ts';
import type { InCell, CellDb } from '../../sql/queries.ts';

interface Row {
  id: string;
  project_id: string;
  user_id: string;
  name: string;
  policy: GroupPolicy;
  max_server_per_host: number | null;
  members: ServerId[];
}

const toGroup = (row: Row): ServerGroup => ({
  id: row.id,
  projectId: row.project_id,
  userId: row.user_id,
  name: row.name,
  policy: row.policy,
  maxServerPerHost: row.max_server_per_host,
  members: row.members,
});

const withMembers = (db: CellDb): SelectQueryBuilder<Database, 'server_groups', Row> =>
  db.selectFrom('server_groups').select([
    'id',
    'project_id',
    'user_id',
    'name',
    'policy',
    'max_server_per_host',
    sql<ServerId[]>`coalesce((
      SELECT json_agg(server.id ORDER BY server.number) FROM server_group_members AS member JOIN servers AS server ON server.id = member.server_id
      WHERE member.group_id = server_groups.id), '[]')`.as('members'),
  ]);

/** Inserts a group without members. */
export async function insertServerGroup(trx: InCell, group: Omit<ServerGroup, 'members'>): Promise<void> {
  const { id, name, policy, projectId, userId, maxServerPerHost } = group;
  await trx
    .insertInto('server_groups')
    .values({ id, name, policy, project_id: projectId, user_id: userId, max_server_per_host: maxServerPerHost })
    .execute();
}

export async function findServerGroup(db: CellDb, id: string): Promise<ServerGroup | undefined> {
  if (!isUuid(id)) return undefined;
  const row = await withMembers(db).where('id', '=', id).executeTakeFirst();
  return row && toGroup(row);
}

/** A page of the groups of a project, or of all projects, oldest first. */
export async function listServerGroups(
  db: CellDb,
  { projectId, limit, offset }: { readonly projectId: string | undefined; readonly limit: number; readonly offset: number },
): Promise<readonly ServerGroup[]> {
  const all = withMembers(db).orderBy('number').limit(limit).offset(offset);
  return (await (projectId === undefined ? all : all.where('project_id', '=', projectId)).execute()).map(toGroup);
}

/** Deletes a group; its servers stay, without a group. @returns whether it existed */
export async function deleteServerGroup(trx: InCell, id: string): Promise<boolean> {
  const gone = await trx.deleteFrom('server_groups').where('id', '=', id).executeTakeFirst();
  return gone.numDeletedRows > 0n;
}
