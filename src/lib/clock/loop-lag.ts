/** How late this process does what is due: the sign of more work than it can do, whatever the work is. */
import type { Clock } from './clock.ts';

/** How often it looks. */
const LOOK_EVERY_MS = 250;

/** Measures by sleeping and looking how late it wakes. */
export class LoopLag {
  readonly #clock: Clock;
  #last = 0;
  #beforeLast = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By how much things are late, in milliseconds. A single late waking does not count: the machine may have slept, not the program. */
  get ms(): number {
    return Math.min(this.#last, this.#beforeLast);
  }

  /** Looks until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const dueMs = this.#clock.monotonicMs() + LOOK_EVERY_MS;
      await this.#clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      this.#beforeLast = this.#last;
      this.#last = Math.max(0, this.#clock.monotonicMs() - dueMs);
    }
  }
}
