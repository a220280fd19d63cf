/** The keys that sign tokens. Whichever process is first creates, rotates and deletes them for all. */
import { sql } from 'kysely';
import { transaction } from '../../sql/retry.ts';
import type { CloudDb } from '../../sql/queries.ts';

export interface StoredKey {
  readonly id: string;
  /** Hex. */
  readonly secret: string;
  /** Old enough that every process has read it; only then may it sign. */
  readonly isRipe: boolean;
}

/** When keys are rotated, in seconds. */
export interface KeyAges {
  /** An older key gets a successor. */
  readonly renewAfter: number;
  /** A new key waits this long before it signs, so that by then every process can verify with it. */
  readonly ripeAfter: number;
  /** A key is kept this long after its successor began to sign: the longest lifetime of a token. */
  readonly keepFor: number;
}

/** The advisory lock that a process holds while it rotates keys; any unused number. */
const LOCK = 7_201_302;

/** The keys that verify tokens, newest first. */
export async function tokenKeys(db: CloudDb, { ripeAfter }: Pick<KeyAges, 'ripeAfter'>): Promise<readonly StoredKey[]> {
  const { rows } = await sql<StoredKey>`
    SELECT id, secret, created_at <= now() - make_interval(secs => ${ripeAfter}) AS "isRipe"
    FROM token_keys ORDER BY created_at DESC, id`.execute(db);
  return rows;
}

/** Adds the offered key if the newest is older than `renewAfter`, and deletes those that no valid token needs. By the database's clock. */
export async function renewTokenKeys(db: CloudDb, offered: Pick<StoredKey, 'id' | 'secret'>, ages: KeyAges): Promise<void> {
  await transaction(db, async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(trx);
    // The statement's time, not the transaction's, which may be older than a key that was added while this one waited for the lock.
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
