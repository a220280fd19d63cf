/** The event loop's lag: how late timers fire, which shows that the process is overloaded. */
import type { Clock } from './clock.ts';

/** The measuring interval. */
const LOOK_EVERY_MS = 250;

/** Measures the lag by sleeping and checking how late it wakes. */
export class LoopLag {
  readonly #clock: Clock;
  #last = 0;
  #beforeLast = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The lag in milliseconds. A single late wake-up does not count: the machine may have been suspended. */
  get ms(): number {
    return Math.min(this.#last, this.#beforeLast);
  }

  /** Measures until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const dueMs = this.#clock.monotonicMs() + LOOK_EVERY_MS;
      await this.#clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      this.#beforeLast = this.#last;
      this.#last = Math.max(0, this.#clock.monotonicMs() - dueMs);
    }
  }
}
