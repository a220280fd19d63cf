import { messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';

/** What a program holds, given back in the reverse order of taking, whatever fails on the way. */
export class Lifetime {
  readonly #log: Log;
  readonly #held: { readonly what: string; readonly release: () => Promise<void> | void }[] = [];
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
    if (!this.signal.aborted) return thing;
    void this.end();
    throw this.signal.reason;
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

  async #giveBack(): Promise<void> {
    for (;;) {
      const last = this.#held.pop();
      if (!last) return;
      try {
        await last.release();
      } catch (error) {
        this.#log.error({ what: last.what, error: messageOf(error) }, 'something could not be given back in order');
      }
    }
  }
}
