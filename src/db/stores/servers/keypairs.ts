import { type SqlBool, sql } from 'kysely';
import { readPage } from '../../sql/paging.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { cannotBeStored } from '../../sql/text-pattern.ts';

/** A user's named public key. */
export interface Keypair {
  readonly id: number;
  readonly userId: string;
  readonly name: string;
  readonly type: 'ssh' | 'x509';
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly createdAt: Date;
}

type Row = { id: number; user_id: string; name: string; type: 'ssh' | 'x509'; fingerprint: string; public_key: string; created_at: Date };

const toKeypair = (row: Row): Keypair => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  type: row.type,
  fingerprint: row.fingerprint,
  publicKey: row.public_key,
  createdAt: row.created_at,
});

/** Replaces the key of a keypair. @returns whether the keypair exists */
export async function rekeyKeypair(
  db: CloudDb,
  id: number,
  { publicKey, fingerprint }: Pick<Keypair, 'publicKey' | 'fingerprint'>,
): Promise<boolean> {
  const changed = await db.updateTable('keypairs').set({ public_key: publicKey, fingerprint }).where('id', '=', id).executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** @returns undefined when the user already has a keypair of that name */
export async function insertKeypair(db: CloudDb, keypair: Omit<Keypair, 'id' | 'createdAt'>): Promise<Keypair | undefined> {
  const row = await db
    .insertInto('keypairs')
    .values({
      user_id: keypair.userId,
      name: keypair.name,
      type: keypair.type,
      fingerprint: keypair.fingerprint,
      public_key: keypair.publicKey,
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toKeypair(row);
}

export async function findKeypair(db: CloudDb, key: { userId: string; name: string }): Promise<Keypair | undefined> {
  const row = await db.selectFrom('keypairs').selectAll().where('user_id', '=', key.userId).where('name', '=', key.name).executeTakeFirst();
  return row && toKeypair(row);
}

/** A user's keypairs by name, after `marker`; undefined when the user has none of that name. */
export async function listKeypairs(
  db: CloudDb,
  { userId, limit, marker }: { userId: string; limit: number; marker?: string },
): Promise<readonly Keypair[] | undefined> {
  if (cannotBeStored(marker)) return undefined;
  const select = db.selectFrom('keypairs').selectAll().where('user_id', '=', userId);
  const order = [{ by: sql.ref('name'), direction: 'asc' as const }];
  const where = sql<SqlBool>`user_id = ${userId} AND name = ${marker}`;
  const after = marker === undefined ? undefined : { from: sql`keypairs`, where };
  return (await readPage(db, select, { order, limit, after }))?.map(toKeypair);
}

/** Locks the creation of a user's keypairs until the transaction ends. */
export async function holdKeypairs(trx: InCloud, userId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('keypairs'), hashtext(${userId}))`.execute(trx);
}

/** How many keypairs a user has. */
export async function countKeypairs(trx: InCloud, userId: string): Promise<number> {
  const row = await trx
    .selectFrom('keypairs')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** @returns the deleted keypair, if it existed */
export async function deleteKeypair(db: CloudDb, key: { userId: string; name: string }): Promise<Keypair | undefined> {
  const row = await db
    .deleteFrom('keypairs')
    .where('user_id', '=', key.userId)
    .where('name', '=', key.name)
    .returningAll()
    .executeTakeFirst();
  return row && toKeypair(row);
}
