import { setTimeout as delay } from 'node:timers/promises';

/** Time as an argument: what the program knows of now, and how it waits. */
export interface Clock {
  /** The wall clock. */
  now(): Date;
  /** Milliseconds since an arbitrary point; never goes back. Use it for durations. */
  monotonicMs(): number;
  /** Waits; ends early (rejecting with the signal's reason) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : {});
  },
};
