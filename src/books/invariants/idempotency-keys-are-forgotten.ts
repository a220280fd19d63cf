import { sql } from 'kysely';
import { forgetOldWork, KEY_LIFETIME } from '../../db/stores/cloud/idempotency-keys.ts';
import type { Invariant } from '../invariant.ts';

/** They are forgotten by the hour: one round may fail. */
const GRACE = sql`interval '3 hours'`;

interface Row {
  keys: number;
  oldest: string | null;
}

/** What is kept for ever grows for ever. */
export const idempotencyKeysAreForgotten: Invariant = {
  name: 'idempotency-keys-are-forgotten',
  sentence: 'No idempotency key is kept longer than its life.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT count(*)::int AS keys, min(created_at)::text AS oldest FROM idempotency_keys
      WHERE created_at < now() - ${KEY_LIFETIME} - ${GRACE} HAVING count(*) > 0`.execute(db);
    return rows.map(({ keys, oldest }) => ({
      subject: 'idempotency_keys',
      what: `${keys} idempotency keys are older than they may be.`,
      evidence: { keys, oldest },
      repair: 'Forget them: their requests are long over.',
    }));
  },
  repair: {
    // What is too old stays so, and its project may only replace it.
    lock: async () => {},
    mend: (trx) => forgetOldWork(trx),
  },
};
