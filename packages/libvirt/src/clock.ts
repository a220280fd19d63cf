import { setTimeout as delay } from 'node:timers/promises';

/** The clock that this package needs: waits, and rejects early when the signal aborts. */
export interface Clock {
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Real time; a pending wait does not keep the process alive. */
export const systemClock: Clock = {
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal, ref: false } : { ref: false });
  },
};

/** Runs `act` after `ms` unless the returned function is called first. */
export const after = (clock: Clock, ms: number, act: () => void): (() => void) => {
  const cancelled = new AbortController();
  clock.sleep(ms, cancelled.signal).then(act, () => undefined);
  return () => cancelled.abort();
};
