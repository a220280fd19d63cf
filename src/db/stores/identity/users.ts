import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { User } from '../../../objects/identity.ts';
import type { UsersTable } from '../../schema/identity.ts';
import { namedPage, type NamedPageQuery } from './pages.ts';
import { dropReferencesTo } from './references.ts';
import type { CloudDb, InWhole } from '../../sql/queries.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';

/** A row as a user. */
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

export async function insertUser(db: CloudDb, row: Insertable<UsersTable>): Promise<User | ConstraintViolation> {
  const made = await catchViolation(db.insertInto('users').values(row).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? userOf(made) : made;
}

export async function findUser(db: CloudDb, id: string): Promise<User | undefined> {
  const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  return row && userOf(row);
}

export const listUsers = async (db: CloudDb, query: NamedPageQuery<'users'>): Promise<readonly User[]> =>
  (await namedPage(db, 'users', query)).map(userOf);

/** Changes a user; a new password or `enabled: false` ends all their tokens. @returns undefined when there is no such user */
export async function updateUser(
  db: CloudDb,
  id: string,
  changes: Updateable<Omit<UsersTable, 'id' | 'generation'>>,
): Promise<User | ConstraintViolation | undefined> {
  const endsTokens = changes.password_hash !== undefined || changes.enabled === false;
  const row = await catchViolation(
    db
      .updateTable('users')
      .set({ ...changes, ...(endsTokens && { generation: sql<number>`generation + 1` }) })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst(),
  );
  return typeof row === 'object' ? userOf(row) : row;
}

/** Sets a password if the user's generation is still the one under which they authenticated; otherwise undefined. */
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

/** Deletes a user and all rows that reference them. @returns the deleted user, if they existed */
export async function deleteUser(trx: InWhole, id: string): Promise<User | undefined> {
  await dropReferencesTo('users', trx, [id]);
  const row = await trx.deleteFrom('users').where('id', '=', id).returningAll().executeTakeFirst();
  return row && userOf(row);
}
