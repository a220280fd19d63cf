import { messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';

/** Something to be done at the end. */
interface LastAct {
  readonly what: string;
  readonly release: () => Promise<void> | void;
}

/** What a program holds, given back in the reverse order of taking, whatever fails on the way. */
export class Lifetime {
  readonly #log: Log;
  readonly #held: LastAct[] = [];
  readonly #taking: LastAct[] = [];
  readonly #ending = new AbortController();
  #given: Promise<void> = Promise.resolve();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Aborts when the end begins: whoever works in the background stops then. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Holds something until the end. Whoever takes something when the end has begun was overtaken by it: it is given back, and they go no further. */
  hold<T>(what: string, thing: T, release: (thing: T) => Promise<void> | void): T {
    this.#held.push({ what, release: () => release(thing) });
    this.#mustGoOn();
    return thing;
  }

  /**
   * Winds down what takes work in, all of the kind at one time and before anything is given back: the work that is under way
   * still finds all that it needs.
   */
  windDown(what: string, stop: () => Promise<void>): void {
    this.#taking.push({ what, release: stop });
    this.#mustGoOn();
  }

  /** Holds background work: its end is awaited. */
  run(what: string, work: Promise<void>): void {
    this.hold(what, work, (running) => running);
  }

  /** Gives back everything that is held; may be called again while somebody who was overtaken still takes things. */
  end(): Promise<void> {
    this.#ending.abort(new Error('the program stops'));
    this.#given = this.#given.then(() => this.#giveBack());
    return this.#given;
  }

  #mustGoOn(): void {
    if (!this.signal.aborted) return;
    void this.end();
    throw this.signal.reason;
  }

  async #giveBack(): Promise<void> {
    await Promise.all(this.#taking.splice(0).map((act) => this.#do(act)));
    for (let last = this.#held.pop(); last; last = this.#held.pop()) await this.#do(last);
  }

  async #do({ what, release }: LastAct): Promise<void> {
    try {
      await release();
    } catch (error) {
      this.#log.error({ what, error: messageOf(error) }, 'something could not be given back in order');
    }
  }
}
