/**
 * A cache of this process's recent answers by message id. A redelivered message joins the handler that is still running or gets the
 * cached answer, so it does not run twice. Bounded in number, bytes and age; an evicted message may run again (at least once, not
 * exactly once).
 */
import type { Clock } from '../clock/clock.ts';
import { MAX_REMEMBERED, MAX_REMEMBERED_BYTES, REMEMBER_MS } from './limits.ts';

interface Remembered {
  readonly text: string;
  readonly sinceMs: number;
}

export class AnswerMemory {
  readonly #clock: Clock;
  readonly #limits: { count: number; bytes: number; ageMs: number };
  readonly #running = new Map<string, Promise<string>>();
  /** Oldest first. */
  readonly #done = new Map<string, Remembered>();
  #bytes = 0;

  constructor(clock: Clock, limits: Partial<{ count: number; bytes: number; ageMs: number }> = {}) {
    this.#clock = clock;
    this.#limits = { count: MAX_REMEMBERED, bytes: MAX_REMEMBERED_BYTES, ageMs: REMEMBER_MS, ...limits };
  }

  /** The answer for this key: from the cache, from the run in progress, or from a new run. `run` must not reject. */
  async once(key: string, run: () => Promise<string>): Promise<string> {
    this.#forgetOld();
    const known = this.#done.get(key);
    if (known) return known.text;
    const underWay = this.#running.get(key);
    if (underWay) return underWay;
    const fresh = run();
    this.#running.set(key, fresh);
    try {
      const text = await fresh;
      this.#remember(key, text);
      return text;
    } finally {
      this.#running.delete(key);
    }
  }

  #remember(key: string, text: string): void {
    this.#done.set(key, { text, sinceMs: this.#clock.monotonicMs() });
    this.#bytes += text.length;
    for (const [oldest] of this.#done) {
      if (this.#done.size <= this.#limits.count && this.#bytes <= this.#limits.bytes) break;
      this.#forget(oldest);
    }
  }

  #forgetOld(): void {
    const horizonMs = this.#clock.monotonicMs() - this.#limits.ageMs;
    for (const [key, { sinceMs }] of this.#done) {
      if (sinceMs > horizonMs) break;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#done.get(key)?.text.length ?? 0;
    this.#done.delete(key);
  }
}
