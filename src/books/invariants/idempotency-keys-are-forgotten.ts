import { sql } from 'kysely';
import { forgetOldWork, KEY_LIFETIME } from '../../db/stores/cloud/idempotency-keys.ts';
import type { Invariant } from '../invariant.ts';

/** Expired keys are deleted every hour; some rounds may fail. */
const GRACE = sql`interval '3 hours'`;

interface Row {
  keys: number;
  oldest: string | null;
}

/** Without expiry the table would grow for ever. */
export const idempotencyKeysAreForgotten: Invariant = {
  name: 'idempotency-keys-are-forgotten',
  sentence: 'No idempotency key is kept after it has expired.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT count(*)::int AS keys, min(created_at)::text AS oldest FROM idempotency_keys
      WHERE created_at < now() - ${KEY_LIFETIME} - ${GRACE} HAVING count(*) > 0`.execute(db);
    return rows.map(({ keys, oldest }) => ({
      subject: 'idempotency_keys',
      what: `${keys} idempotency keys have expired.`,
      evidence: { keys, oldest },
      repair: 'Delete them: their requests are long over.',
    }));
  },
  repair: {
    // An expired key stays expired, so there is nothing to lock.
    lock: async () => {},
    apply: (trx) => forgetOldWork(trx),
  },
};
