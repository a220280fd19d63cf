import type { Clock } from '../clock/clock.ts';
import { UNNEEDED } from '../clock/unneeded.ts';

/** A timeout that can be paused; calls `expired` once when it runs out. */
export class Deadline {
  readonly #clock: Clock;
  readonly #expired: () => void;
  #leftMs: number;
  #sinceMs = 0;
  #timer: AbortController | null = null;

  constructor(clock: Clock, timeoutMs: number, expired: () => void) {
    this.#clock = clock;
    this.#leftMs = timeoutMs;
    this.#expired = expired;
  }

  start(): void {
    if (this.#timer) return;
    const timer = new AbortController();
    this.#timer = timer;
    this.#sinceMs = this.#clock.monotonicMs();
    // Rejects only when paused.
    this.#clock.sleep(Math.max(0, this.#leftMs), timer.signal).then(this.#expired, () => {});
  }

  pause(): void {
    if (!this.#timer) return;
    this.#timer.abort(UNNEEDED);
    this.#timer = null;
    this.#leftMs -= this.#clock.monotonicMs() - this.#sinceMs;
  }
}
