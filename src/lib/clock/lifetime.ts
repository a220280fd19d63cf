import { messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';

/** What a program holds, given back in the reverse order of taking, whatever fails on the way. */
export class Lifetime {
  readonly #log: Log;
  readonly #held: { readonly what: string; readonly release: () => Promise<void> | void }[] = [];
  readonly #ending = new AbortController();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Aborts when the end begins: whoever works in the background stops then. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Holds something until the end. */
  hold<T>(what: string, thing: T, release: (thing: T) => Promise<void> | void): T {
    this.#held.push({ what, release: () => release(thing) });
    return thing;
  }

  /** Holds background work: its end is awaited. */
  run(what: string, work: Promise<void>): void {
    this.hold(what, work, (running) => running);
  }

  async end(): Promise<void> {
    this.#ending.abort(new Error('the program stops'));
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
