/** A promise with a timeout. */
import type { Clock } from './clock.ts';
import { UNNEEDED } from './unneeded.ts';

/** The outcome of `work`, or the error made by `late` when it takes longer than `ms`. `work` is not cancelled. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  const stop = new AbortController();
  const alarm = clock.sleep(ms, stop.signal).then(
    () => Promise.reject(late()),
    // The timer was aborted because the work ended first: stay pending.
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([work, alarm]);
  } finally {
    stop.abort(UNNEEDED);
  }
}
