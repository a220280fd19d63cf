/** Who may use what others own: by policies of each object, in which `*` stands for every project. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';

/** The tables whose rows can be shared. */
export type SharedTable = 'networks' | 'security_groups' | 'address_scopes' | 'subnet_pools' | 'qos_policies';

/** Whether a row is the project's own or any policy lets the project see it, in a query over the table. */
export const seenBy = (table: SharedTable, projectId: string): Expression<SqlBool> =>
  sql<SqlBool>`(${sql.ref(`${table}.project_id`)} = ${projectId} OR ${sql.ref(`${table}.id`)} IN (
    SELECT object_id FROM rbac_policies WHERE target_project IN ('*', ${projectId})))`;

/** Whether a row is shared with any of the projects, in a query over the table: asked of the policies once, not of each row. */
export const isSharedWithAny = (
  table: SharedTable,
  projectIds: readonly string[],
): RawBuilder<boolean> => sql<boolean>`${sql.ref(`${table}.id`)} IN (
  SELECT object_id FROM rbac_policies WHERE action = 'access_as_shared' AND target_project = ANY(${['*', ...projectIds]}::text[]))`;

/** Whether a row is shared with the project (null: with everybody), in a query over the table. */
export const isSharedWith = (table: SharedTable, projectId: string | null): RawBuilder<boolean> => sql<boolean>`EXISTS (
  SELECT FROM rbac_policies WHERE object_id = ${sql.ref(`${table}.id`)} AND action = 'access_as_shared' AND target_project IN ('*', ${projectId ?? '*'}))`;
