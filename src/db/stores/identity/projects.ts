import { type Insertable, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import type { Project } from '../../../objects/identity.ts';
import type { ProjectsTable } from '../../schema/identity.ts';
import { namedPage, type NamedPageQuery } from './pages.ts';
import { dropReferencesTo } from './references.ts';
import type { CloudDb, InCloud, InWhole, WholeDb } from '../../sql/queries.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';

/** A row as a project. */
export const projectOf = (row: Selectable<ProjectsTable>): Project => ({
  id: row.id,
  name: row.name,
  domainId: row.domain_id,
  description: row.description,
  enabled: row.enabled,
  parentId: row.parent_id,
  tags: row.tags,
  options: row.options,
  extra: row.extra,
});

export async function insertProject(db: CloudDb, row: Insertable<ProjectsTable>): Promise<Project | ConstraintViolation> {
  const made = await catchViolation(db.insertInto('projects').values(row).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? projectOf(made) : made;
}

export async function findProject(db: CloudDb, id: string): Promise<Project | undefined> {
  const row = await db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst();
  return row && projectOf(row);
}

/** The project, locked until the transaction ends. */
export async function lockProject(trx: InCloud, id: string): Promise<Project | undefined> {
  const row = await trx.selectFrom('projects').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && projectOf(row);
}

export const listProjects = async (db: CloudDb, query: NamedPageQuery<'projects'>): Promise<readonly Project[]> =>
  (await namedPage(db, 'projects', query)).map(projectOf);

/** @returns undefined when there is no such project */
export async function updateProject(
  db: CloudDb,
  id: string,
  changes: Updateable<Omit<ProjectsTable, 'id'>>,
): Promise<Project | ConstraintViolation | undefined> {
  const row = await catchViolation(db.updateTable('projects').set(changes).where('id', '=', id).returningAll().executeTakeFirst());
  return typeof row === 'object' ? projectOf(row) : row;
}

/** Deletes a project and all rows that reference it. @returns it; `dangling` when it has child projects, undefined when it does not exist */
export async function deleteProject(trx: InWhole, id: string): Promise<Project | 'dangling' | undefined> {
  const locked = await lockProject(trx, id);
  if (!locked) return undefined;
  const below = await trx.selectFrom('projects').select('id').where('parent_id', '=', id).limit(1).executeTakeFirst();
  if (below) return 'dangling';
  await dropReferencesTo('projects', trx, [id]);
  await trx.deleteFrom('projects').where('id', '=', id).execute();
  return locked;
}

/** The condition for the children of a project; top projects are children of their domain, as in Keystone. */
export const isBelow = (parentId: string) => sql<SqlBool>`coalesce(parent_id, domain_id) = ${parentId}`;

/** The condition that a user has a role in a project. */
export const isOfUser = (userId: string) =>
  sql<SqlBool>`EXISTS (SELECT 1 FROM role_assignments AS a WHERE a.project_id = projects.id AND a.user_id = ${userId})`;

/** How many rows of each kind belong to the projects; kinds without rows are omitted. */
export async function belongingsOf(db: WholeDb, projectIds: readonly string[]): Promise<Readonly<Record<string, number>>> {
  if (projectIds.length === 0) return {};
  const ids = [...projectIds];
  const { rows } = await sql<{ kind: string; count: number }>`
    SELECT 'servers' AS kind, count(*)::int AS count FROM servers WHERE project_id = ANY(${ids}) AND vm_state <> 'deleted'
    UNION ALL SELECT 'ports', count(*)::int FROM ports WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'networks', count(*)::int FROM networks WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'routers', count(*)::int FROM routers WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'floating IPs', count(*)::int FROM floating_ips WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'subnet pools', count(*)::int FROM subnet_pools WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'address scopes', count(*)::int FROM address_scopes WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'security groups', count(*)::int FROM security_groups WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'buckets', count(*)::int FROM buckets WHERE project_id = ANY(${ids})
    UNION ALL SELECT 'images', count(*)::int FROM images WHERE owner = ANY(${ids}) AND status <> 'deleted'`.execute(db);
  return Object.fromEntries(rows.filter(({ count }) => count > 0).map(({ kind, count }) => [kind, count]));
}
