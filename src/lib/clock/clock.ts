/** Time as an injected dependency: the current time, and waiting. */
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
  // Not from `node:timers/promises`, which creates an error with a stack for every aborted wait.
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', endEarly);
        resolve();
      }, ms);
      const endEarly = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', endEarly, { once: true });
    }),
};
