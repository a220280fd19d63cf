/** Lets one act after the other touch the host, in the order of the calls. */
export class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `act` when all earlier ones have ended, well or badly. */
  run<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act, act);
    this.#last = next.catch(() => {});
    return next;
  }
}
