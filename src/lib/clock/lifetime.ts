import { messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';

/** A release to run at shutdown. */
interface LastAct {
  readonly what: string;
  readonly release: () => Promise<void> | void;
}

/** The resources of a program: releases them in reverse order at shutdown, even when a release fails. */
export class Lifetime {
  readonly #log: Log;
  readonly #held: LastAct[] = [];
  readonly #taking: LastAct[] = [];
  readonly #ending = new AbortController();
  #given: Promise<void> = Promise.resolve();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Aborts when shutdown begins, so that background work stops. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Holds a resource until shutdown. If shutdown has begun already, releases it at once and throws, so that the caller stops. */
  hold<T>(what: string, thing: T, release: (thing: T) => Promise<void> | void): T {
    this.#held.push({ what, release: () => release(thing) });
    this.#mustGoOn();
    return thing;
  }

  /**
   * Registers how to stop something that accepts work. All of these stop in parallel, before any resource is released, so that running
   * work can finish.
   */
  windDown(what: string, stop: () => Promise<void>): void {
    this.#taking.push({ what, release: stop });
    this.#mustGoOn();
  }

  /** Holds background work: shutdown waits for its end. */
  run(what: string, work: Promise<void>): void {
    this.hold(what, work, (running) => running);
  }

  /** Releases everything; may be called again while a start-up that shutdown interrupted still takes resources. */
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
      this.#log.error({ what, error: messageOf(error) }, 'releasing a resource at shutdown failed');
    }
  }
}
