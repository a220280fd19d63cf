/** Tracks running work (handlers, sends), so that closing can wait for it. */
import type { Clock } from '../clock/clock.ts';
import { within } from '../clock/within.ts';

export class Running {
  readonly #work = new Set<Promise<void>>();

  get count(): number {
    return this.#work.size;
  }

  /** Tracks the work until it settles. It must not reject. */
  track(work: Promise<void>): void {
    const counted = work.finally(() => this.#work.delete(counted));
    this.#work.add(counted);
  }

  /** Waits at most `ms` until nothing runs; returns how many are still running. */
  async drain(clock: Clock, ms: number): Promise<number> {
    const all = Promise.all(this.#work).then(() => undefined);
    await within(clock, ms, all, () => new Error('still running')).catch(() => undefined);
    return this.#work.size;
  }
}
