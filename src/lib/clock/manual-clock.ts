import type { Clock } from './clock.ts';

/** A clock that moves only when told to: a day of cloud in a second. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  #sleepers: { untilMs: number; wake: () => void }[] = [];

  constructor(start: Date | string = '2026-01-01T00:00:00Z') {
    this.#nowMs = this.#startMs = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const sleeper = { untilMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Moves the time forward and wakes due sleepers, earliest first, letting each run before the next. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#sleepers.filter((sleeper) => sleeper.untilMs <= endMs).sort((a, b) => a.untilMs - b.untilMs)[0];
      if (!due) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== due);
      this.#nowMs = Math.max(this.#nowMs, due.untilMs);
      due.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#nowMs = endMs;
  }
}
