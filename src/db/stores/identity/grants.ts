/** Role assignments: who has which role in which project or domain. */
import { type Selectable, type SqlBool, sql } from 'kysely';
import type { Grant, GrantScope, Role, RoleAssignment } from '../../../objects/identity.ts';
import type { RolesTable } from '../../schema/identity.ts';
import { roleOf } from './roles.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';

/** Grants a role; `had` when it was granted before, `dangling` when the user, role, project or domain does not exist. */
export async function insertGrant(db: CloudDb, { userId, roleId, scope }: Grant): Promise<ConstraintViolation | 'given' | 'had'> {
  const [table, column, place] = placeOf(scope);
  const done = await catchViolation(
    sql`INSERT INTO ${sql.table(table)} (user_id, ${sql.ref(column)}, role_id) VALUES (${userId}, ${place}, ${roleId}) ON CONFLICT DO NOTHING`.execute(
      db,
    ),
  );
  if (typeof done !== 'object') return done;
  return (done.numAffectedRows ?? 0n) > 0n ? 'given' : 'had';
}

/** @returns whether the role had been granted */
export async function deleteGrant(db: CloudDb, grant: Grant): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`DELETE ${fromGrant(grant)}`.execute(db);
  return numAffectedRows > 0n;
}

export async function hasGrant(db: CloudDb, grant: Grant): Promise<boolean> {
  return (await sql`SELECT 1 ${fromGrant(grant)}`.execute(db)).rows.length > 0;
}

/** The roles of a user in one project or domain, by name. */
export async function rolesOf(db: CloudDb, userId: string, scope: GrantScope): Promise<readonly Role[]> {
  const [table, column, place] = placeOf(scope);
  const { rows } = await sql<Selectable<RolesTable>>`
    SELECT r.* FROM ${sql.table(table)} AS a JOIN roles AS r ON r.id = a.role_id
    WHERE a.user_id = ${userId} AND a.${sql.ref(column)} = ${place} ORDER BY r.name`.execute(db);
  return rows.map(roleOf);
}

function fromGrant({ userId, roleId, scope }: Grant) {
  const [table, column, place] = placeOf(scope);
  return sql`FROM ${sql.table(table)} WHERE user_id = ${userId} AND ${sql.ref(column)} = ${place} AND role_id = ${roleId}`;
}

const placeOf = (scope: GrantScope) =>
  'projectId' in scope
    ? (['role_assignments', 'project_id', scope.projectId] as const)
    : (['domain_role_assignments', 'domain_id', scope.domainId] as const);

/** Which grants to list; `roleIds` matches any of them. */
export interface GrantFilter {
  readonly userId?: string;
  readonly projectId?: string;
  /** With the projects below that project. */
  readonly withSubtree?: boolean;
  readonly domainId?: string;
  readonly roleIds?: readonly string[];
  readonly limit: number;
}

interface AssignmentRow {
  readonly user_id: string;
  readonly user_name: string;
  readonly user_domain_id: string;
  readonly user_domain: string;
  readonly role_id: string;
  readonly role_name: string;
  readonly role_domain_id: string | null;
  readonly role_domain: string | null;
  readonly place_id: string;
  readonly place_name: string;
  readonly place_domain_id: string | null;
  readonly place_domain: string | null;
}

/** Grants with all names, those in projects first, ordered by user. */
export async function listAssignments(db: CloudDb, filter: GrantFilter): Promise<readonly RoleAssignment[]> {
  const conditions = [
    ...(filter.userId === undefined ? [] : [sql<SqlBool>`user_id = ${filter.userId}`]),
    ...(filter.projectId === undefined
      ? []
      : [sql<SqlBool>`place_id IN (${projectTree(filter.projectId, filter.withSubtree)}) AND place_domain_id IS NOT NULL`]),
    ...(filter.domainId === undefined ? [] : [sql<SqlBool>`place_id = ${filter.domainId} AND place_domain_id IS NULL`]),
    ...(filter.roleIds === undefined ? [] : [sql<SqlBool>`role_id = ANY(${[...filter.roleIds]})`]),
  ];
  const { rows } = await sql<AssignmentRow>`
    SELECT * FROM (
      SELECT a.user_id, u.name AS user_name, u.domain_id AS user_domain_id, ud.name AS user_domain, a.role_id, r.name AS role_name,
        r.domain_id AS role_domain_id, rd.name AS role_domain, p.id AS place_id, p.name AS place_name, p.domain_id AS place_domain_id, pd.name AS place_domain
      FROM role_assignments AS a JOIN users AS u ON u.id = a.user_id JOIN domains AS ud ON ud.id = u.domain_id
      JOIN roles AS r ON r.id = a.role_id LEFT JOIN domains AS rd ON rd.id = r.domain_id JOIN projects AS p ON p.id = a.project_id JOIN domains AS pd ON pd.id = p.domain_id
      UNION ALL
      SELECT a.user_id, u.name, u.domain_id, ud.name, a.role_id, r.name, r.domain_id, rd.name, d.id, d.name, NULL, NULL
      FROM domain_role_assignments AS a JOIN users AS u ON u.id = a.user_id JOIN domains AS ud ON ud.id = u.domain_id
      JOIN roles AS r ON r.id = a.role_id LEFT JOIN domains AS rd ON rd.id = r.domain_id JOIN domains AS d ON d.id = a.domain_id
    ) AS assignments
    WHERE ${sql.join([sql<SqlBool>`true`, ...conditions], sql` AND `)}
    ORDER BY place_domain_id IS NULL, user_name, place_name, role_name, user_id, place_id LIMIT ${filter.limit}`.execute(db);
  return rows.map(assignmentOf);
}

const assignmentOf = (row: AssignmentRow): RoleAssignment => ({
  user: { id: row.user_id, name: row.user_name, domain: { id: row.user_domain_id, name: row.user_domain } },
  role: { id: row.role_id, name: row.role_name, domain: domainOfRole(row) },
  scope:
    row.place_domain_id === null || row.place_domain === null
      ? { domain: { id: row.place_id, name: row.place_name } }
      : { project: { id: row.place_id, name: row.place_name, domain: { id: row.place_domain_id, name: row.place_domain } } },
});

const domainOfRole = ({ role_domain_id: id, role_domain: name }: AssignmentRow) => (id === null || name === null ? null : { id, name });

const projectTree = (root: string, withSubtree = false) =>
  withSubtree
    ? sql`WITH RECURSIVE tree AS (
        SELECT ${root}::text AS id UNION SELECT child.id FROM projects AS child JOIN tree ON child.parent_id = tree.id) SELECT id FROM tree`
    : sql`${root}`;
