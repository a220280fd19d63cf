import { TooManyLogins } from './errors.ts';

/** How much goes on at one time. */
export interface TurnLimits {
  /** Pieces of work that run. */
  readonly running: number;
  /** Pieces of work that wait; further ones are refused. */
  readonly waiting: number;
}

/** Lets a bounded number of hashes be computed at one time: each takes memory, and a flood of logins must not take all of it. */
export class Turns {
  readonly #limits: TurnLimits;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Runs the work when it is its turn; refuses it when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limits.running) {
      if (this.#waiting.length >= this.#limits.waiting) throw TooManyLogins({});
      // The turn is handed over by whoever ends: nobody can come in between.
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
