/** The keys that sign tokens: made, renewed and removed by whichever process comes first, for all of them. */
import { sql } from 'kysely';
import { transaction } from '../../sql/retry.ts';
import type { CloudDb } from '../../sql/queries.ts';

export interface StoredKey {
  readonly id: string;
  /** Hex. */
  readonly secret: string;
  /** Old enough that every process has read it: only then it may sign. */
  readonly isRipe: boolean;
}

/** When keys come and go, in seconds. */
export interface KeyAges {
  /** A key that is older is followed by a new one. */
  readonly renewAfter: number;
  /** A new key waits this long before it signs, so that everybody can check by it then. */
  readonly ripeAfter: number;
  /** A key stays this long after its successor began to sign: the longest time that a token is good. */
  readonly keepFor: number;
}

/** Any number of its own; all processes that renew keys hold this lock while they do. */
const LOCK = 7_201_302;

/** The keys that check tokens, the newest first. */
export async function tokenKeys(db: CloudDb, { ripeAfter }: Pick<KeyAges, 'ripeAfter'>): Promise<readonly StoredKey[]> {
  const { rows } = await sql<StoredKey>`
    SELECT id, secret, created_at <= now() - make_interval(secs => ${ripeAfter}) AS "isRipe"
    FROM token_keys ORDER BY created_at DESC, id`.execute(db);
  return rows;
}

/** Adds the offered key if there is none younger than that, and removes those that no token can need. Times are the database's. */
export async function renewTokenKeys(db: CloudDb, offered: Pick<StoredKey, 'id' | 'secret'>, ages: KeyAges): Promise<void> {
  await transaction(db, async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(trx);
    // The clock of the statement, not of the transaction: whoever waited for the lock must see what was made meanwhile as made.
    await sql`
      INSERT INTO token_keys (id, secret, created_at) SELECT ${offered.id}, ${offered.secret}, clock_timestamp()
      WHERE NOT EXISTS (SELECT 1 FROM token_keys WHERE created_at > clock_timestamp() - make_interval(secs => ${ages.renewAfter}))`.execute(
      trx,
    );
    await sql`
      DELETE FROM token_keys AS old WHERE EXISTS (
        SELECT 1 FROM token_keys AS next WHERE next.created_at > old.created_at
          AND next.created_at < clock_timestamp() - make_interval(secs => ${ages.ripeAfter + ages.keepFor}))`.execute(trx);
  });
}
