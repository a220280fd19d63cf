/** Waiting that ends: a promise raced against the clock. */
import type { Clock } from './clock.ts';
import { UNNEEDED } from './unneeded.ts';

/** The outcome of `work`, or the error made by `late` when it takes longer than `ms`. The loser is left alone. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  const stop = new AbortController();
  const alarm = clock.sleep(ms, stop.signal).then(
    () => Promise.reject(late()),
    // Aborted because the work was done first: nobody listens any more.
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([work, alarm]);
  } finally {
    stop.abort(UNNEEDED);
  }
}
