import { type Insertable, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import type { Role } from '../../../objects/identity.ts';
import type { RolesTable } from '../../schema/identity.ts';
import { namedPage, type NamedPageQuery } from './pages.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';

/** A row as a role. */
export const roleOf = (row: Selectable<RolesTable>): Role => ({
  id: row.id,
  name: row.name,
  description: row.description,
  domainId: row.domain_id,
  options: row.options,
  extra: row.extra,
});

export async function insertRole(db: CloudDb, row: Insertable<RolesTable>): Promise<Role | ConstraintViolation> {
  const made = await catchViolation(db.insertInto('roles').values(row).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? roleOf(made) : made;
}

export async function findRole(db: CloudDb, id: string): Promise<Role | undefined> {
  const row = await db.selectFrom('roles').selectAll().where('id', '=', id).executeTakeFirst();
  return row && roleOf(row);
}

export const listRoles = async (db: CloudDb, query: NamedPageQuery<'roles'>): Promise<readonly Role[]> =>
  (await namedPage(db, 'roles', query)).map(roleOf);

/** @returns undefined when there is no such role */
export async function updateRole(
  db: CloudDb,
  id: string,
  changes: Updateable<Omit<RolesTable, 'id'>>,
): Promise<Role | ConstraintViolation | undefined> {
  const row = await catchViolation(db.updateTable('roles').set(changes).where('id', '=', id).returningAll().executeTakeFirst());
  return typeof row === 'object' ? roleOf(row) : row;
}

/** Deletes a role and all its assignments. @returns the deleted role, if it existed */
export async function deleteRole(db: CloudDb, id: string): Promise<Role | undefined> {
  const row = await db.deleteFrom('roles').where('id', '=', id).returningAll().executeTakeFirst();
  return row && roleOf(row);
}

/** The condition that a role belongs to the whole cloud. */
export const isGlobal = sql<SqlBool>`domain_id IS NULL`;
