import type { Ids } from '../clock/ids.ts';

/** Waits that grow from `firstMs` by doubling up to `maxMs`, for at most `attempts` tries in all. */
export interface Backoff {
  readonly attempts: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

/** For `do`: retries a brief outage for about 25 seconds. */
export const doBackoff: Backoff = { attempts: 8, firstMs: 200, maxMs: 10_000 };

/** For undo and finish hooks: retries for ever, since half-undone work must not be left behind. */
export const undoBackoff: Backoff = { attempts: Number.POSITIVE_INFINITY, firstMs: 200, maxMs: 60_000 };

/** For the database: retries as long as the engine runs. */
export const databaseBackoff: Backoff = { attempts: Number.POSITIVE_INFINITY, firstMs: 50, maxMs: 2_000 };

/** How long to wait after the `failures`-th failure: half of it fixed, half random jitter, so that many do not retry at once. */
export function delayMs(backoff: Backoff, failures: number, ids: Ids): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.ceil(full / 2) + ids.below(Math.ceil(full / 2) + 1);
}
