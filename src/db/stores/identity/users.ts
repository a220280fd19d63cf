import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { User } from '../../../objects/identity.ts';
import type { UsersTable } from '../../schema/identity.ts';
import { namedPage, type NamedPageQuery } from './pages.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { type NotStored, stored } from '../../sql/unique-violation.ts';

/** A row as the user it stands for. */
export const userOf = (row: Selectable<UsersTable>): User => ({
  id: row.id,
  name: row.name,
  domainId: row.domain_id,
  description: row.description,
  email: row.email,
  defaultProjectId: row.default_project_id,
  enabled: row.enabled,
  extra: row.extra,
});

export async function insertUser(db: CloudDb, row: Insertable<UsersTable>): Promise<User | NotStored> {
  const made = await stored(db.insertInto('users').values(row).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? userOf(made) : made;
}

export async function findUser(db: CloudDb, id: string): Promise<User | undefined> {
  const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  return row && userOf(row);
}

export const listUsers = async (db: CloudDb, query: NamedPageQuery<'users'>): Promise<readonly User[]> =>
  (await namedPage(db, 'users', query)).map(userOf);

/** Changes a user; a new password and `enabled: false` end all tokens that they have. @returns undefined when they are not there */
export async function updateUser(
  db: CloudDb,
  id: string,
  changes: Updateable<Omit<UsersTable, 'id' | 'generation'>>,
): Promise<User | NotStored | undefined> {
  const endsTokens = changes.password_hash !== undefined || changes.enabled === false;
  const row = await stored(
    db
      .updateTable('users')
      .set({ ...changes, ...(endsTokens && { generation: sql<number>`generation + 1` }) })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst(),
  );
  return typeof row === 'object' ? userOf(row) : row;
}

/** Sets a password if the user is still of the generation that proved who they are; undefined when something has come between. */
export async function exchangePassword(
  db: CloudDb,
  user: { readonly id: string; readonly generation: number },
  hash: string,
): Promise<User | undefined> {
  const row = await db
    .updateTable('users')
    .set({ password_hash: hash, generation: user.generation + 1 })
    .where('id', '=', user.id)
    .where('generation', '=', user.generation)
    .returningAll()
    .executeTakeFirst();
  return row && userOf(row);
}

/** Deletes a user with the roles that they have; answers the one who was there. */
export async function deleteUser(db: CloudDb, id: string): Promise<User | undefined> {
  const row = await db.deleteFrom('users').where('id', '=', id).returningAll().executeTakeFirst();
  return row && userOf(row);
}
