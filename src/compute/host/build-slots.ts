/** Limits the concurrent builds of a host (`max_concurrent_builds`), or its snapshots; the rest wait in a queue. */
export class BuildSlots {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Builds as soon as there is a slot; an aborted build leaves the queue. */
  async use<T>(signal: AbortSignal, build: () => Promise<T>): Promise<T> {
    await this.#take(signal);
    try {
      signal.throwIfAborted();
      return await build();
    } finally {
      this.#giveBack();
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise: turn, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      const place = this.#queue.indexOf(resolve);
      // Not in the queue any more: it has got the slot and will release it itself.
      if (place === -1) return;
      this.#queue.splice(place, 1);
      reject(signal.reason);
    };
    this.#queue.push(resolve);
    signal.addEventListener('abort', leave);
    await turn.finally(() => signal.removeEventListener('abort', leave));
  }

  /** A slot is handed directly to the next in the queue, so that nobody can take it in between. */
  #giveBack(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free += 1;
  }
}
