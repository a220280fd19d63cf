/** Encrypted secrets of users. */
import { type Insertable, type Selectable, type Updateable } from 'kysely';
import type { CredentialsTable } from '../../schema/identity.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';
import type { CloudDb } from '../../sql/queries.ts';

export type CredentialRow = Selectable<CredentialsTable>;

export const insertCredential = (db: CloudDb, row: Insertable<CredentialsTable>): Promise<CredentialRow | ConstraintViolation> =>
  catchViolation(db.insertInto('credentials').values(row).returningAll().executeTakeFirstOrThrow());

export const findCredential = (db: CloudDb, id: string): Promise<CredentialRow | undefined> =>
  db.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst();

/** Which credentials to list. */
export interface CredentialFilter {
  readonly userId?: string | undefined;
  readonly type?: string | undefined;
}

/** More than any user has; a list has no pages. */
const MOST = 10_000;

/** Oldest first. */
export const listCredentials = (db: CloudDb, { userId, type }: CredentialFilter): Promise<readonly CredentialRow[]> =>
  db
    .selectFrom('credentials')
    .selectAll()
    .$if(userId !== undefined, (query) => query.where('user_id', '=', userId ?? ''))
    .$if(type !== undefined, (query) => query.where('type', '=', type ?? ''))
    .orderBy('created_at')
    .orderBy('id')
    .limit(MOST)
    .execute();

/** How many credentials a user has. */
export async function countCredentials(db: CloudDb, userId: string): Promise<number> {
  const row = await db
    .selectFrom('credentials')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** @returns undefined when there is no such credential */
export const updateCredential = (
  db: CloudDb,
  id: string,
  changes: Updateable<Omit<CredentialsTable, 'id'>>,
): Promise<CredentialRow | undefined> => db.updateTable('credentials').set(changes).where('id', '=', id).returningAll().executeTakeFirst();

/** @returns the deleted credential, if it existed */
export const deleteCredential = (db: CloudDb, id: string): Promise<CredentialRow | undefined> =>
  db.deleteFrom('credentials').where('id', '=', id).returningAll().executeTakeFirst();
