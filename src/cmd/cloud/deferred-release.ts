// Idempotency keys whose work ended while the database was down: they are released later.
import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { LEASE_S } from '../../db/stores/cloud/idempotency-keys.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import { isOutage } from '../../lib/errors/outage.ts';

/** Maximum number of pending releases; the other keys can be used again when their lease expires. */
const MAX_OWED = 10_000;

type Work = Parameters<IdempotencyKeys['release']>[0];

/**
 * Releases keys at once or, after an outage, when `settle` reaches the database again. Otherwise a client whose request met an outage
 * would get "is being worked on" until the lease expires.
 */
export function deferringRelease(stored: IdempotencyKeys, clock: Clock): { readonly keys: IdempotencyKeys; settle(): Promise<void> } {
  const owed = new Map<Work, number>();
  const release = async (work: Work): Promise<void> => {
    try {
      await stored.release(work);
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (owed.size < MAX_OWED) owed.set(work, clock.monotonicMs());
    }
  };
  const settle = async (): Promise<void> => {
    for (const [work, sinceMs] of owed) {
      // After the lease another process may have taken over the work under the same request id.
      if (clock.monotonicMs() - sinceMs < (LEASE_S * 1000) / 2) await stored.release(work);
      owed.delete(work);
    }
  };
  return { keys: { ...stored, release }, settle };
}
