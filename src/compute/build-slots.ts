/** At most so many builds at once on a host (`max_concurrent_builds`); the rest wait in line. */
export class BuildSlots {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async use<T>(signal: AbortSignal, build: () => Promise<T>): Promise<T> {
    await this.#take(signal);
    try {
      return await build();
    } finally {
      this.#free += 1;
      this.#line.shift()?.();
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    while (this.#free === 0) {
      signal.throwIfAborted();
      await new Promise<void>((wake) => {
        this.#line.push(wake);
        signal.addEventListener('abort', () => wake(), { once: true });
      });
    }
    signal.throwIfAborted();
    this.#free -= 1;
  }
}
