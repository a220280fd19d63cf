/** Runs acts on the host one at a time, in the order of the calls. */
export class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `act` when all earlier ones have succeeded or failed. */
  run<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act, act);
    this.#last = next.catch(() => {});
    return next;
  }
}
