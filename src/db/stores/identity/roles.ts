import type { Selectable, Updateable } from 'kysely';
import type { Role } from '../../../objects/identity.ts';
import type { RolesTable } from '../../schema/identity.ts';
import { namedPage, type NamedPageQuery } from './pages.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { type NotStored, stored } from '../../sql/unique-violation.ts';

const roleOf = ({ id, name, description }: Selectable<RolesTable>): Role => ({ id, name, description });

export async function insertRole(db: CloudDb, role: Role): Promise<Role | NotStored> {
  const made = await stored(db.insertInto('roles').values(role).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? roleOf(made) : made;
}

export async function findRole(db: CloudDb, id: string): Promise<Role | undefined> {
  const row = await db.selectFrom('roles').selectAll().where('id', '=', id).executeTakeFirst();
  return row && roleOf(row);
}

export const listRoles = async (db: CloudDb, query: NamedPageQuery<'roles'>): Promise<readonly Role[]> =>
  (await namedPage(db, 'roles', query)).map(roleOf);

/** @returns undefined when it is not there */
export async function updateRole(
  db: CloudDb,
  id: string,
  changes: Updateable<Omit<RolesTable, 'id'>>,
): Promise<Role | NotStored | undefined> {
  const row = await stored(db.updateTable('roles').set(changes).where('id', '=', id).returningAll().executeTakeFirst());
  return typeof row === 'object' ? roleOf(row) : row;
}

/** Deletes a role, and takes it from everybody who has it; answers the one that was there. */
export async function deleteRole(db: CloudDb, id: string): Promise<Role | undefined> {
  const row = await db.deleteFrom('roles').where('id', '=', id).returningAll().executeTakeFirst();
  return row && roleOf(row);
}
