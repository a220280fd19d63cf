/** At most so many builds at once on a host (`max_concurrent_builds`); the rest wait in line. */
export class BuildSlots {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Builds when it is this one's turn; who gives up before leaves the line. */
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
      const place = this.#line.indexOf(resolve);
      // Whose turn has come is no longer in line: it has the slot, and gives it back itself.
      if (place === -1) return;
      this.#line.splice(place, 1);
      reject(signal.reason);
    };
    this.#line.push(resolve);
    signal.addEventListener('abort', leave);
    await turn.finally(() => signal.removeEventListener('abort', leave));
  }

  /** A slot goes from hand to hand while there is a line, so that nobody can take it in between. */
  #giveBack(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#free += 1;
  }
}
