// Idempotency keys whose work ended while the database was down: they are released later.
import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { LEASE_S } from '../../db/stores/cloud/idempotency-keys.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import { isOutage } from '../../lib/errors/outage.ts';

/** How many are remembered; the others can be used again when their lease is over. */
const MAX_OWED = 10_000;

type Work = Parameters<IdempotencyKeys['letGo']>[0];

/**
 * A memory of keys that lets go in any case: at once, or when `settle` finds the database back. Without it a client whose request met an
 * outage would be told until the end of the lease that its key is being worked on.
 */
export function lettingGoLater(stored: IdempotencyKeys, clock: Clock): { readonly keys: IdempotencyKeys; settle(): Promise<void> } {
  const owed = new Map<Work, number>();
  const letGo = async (work: Work): Promise<void> => {
    try {
      await stored.letGo(work);
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (owed.size < MAX_OWED) owed.set(work, clock.monotonicMs());
    }
  };
  const settle = async (): Promise<void> => {
    for (const [work, sinceMs] of owed) {
      // After the lease another process may have taken over the work under the same request id.
      if (clock.monotonicMs() - sinceMs < (LEASE_S * 1000) / 2) await stored.letGo(work);
      owed.delete(work);
    }
  };
  return { keys: { ...stored, letGo }, settle };
}
