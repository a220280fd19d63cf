import { TooManyLogins } from './errors.ts';

/** The limits of a semaphore. */
export interface SemaphoreLimits {
  /** Pieces of work that run. */
  readonly running: number;
  /** Pieces of work that wait; further ones are refused. */
  readonly waiting: number;
}

/** Bounds how many password hashes are computed at a time: each takes memory, and a flood of logins must not take all of it. */
export class Semaphore {
  readonly #limits: SemaphoreLimits;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: SemaphoreLimits) {
    this.#limits = limits;
  }

  /** Runs the work when a slot is free; refuses it when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limits.running) {
      if (this.#waiting.length >= this.#limits.waiting) throw TooManyLogins({});
      // Work that ends hands its slot to the first waiter: nobody can overtake it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
