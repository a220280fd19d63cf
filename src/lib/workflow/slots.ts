/** Leave to work, for a bounded number at a time; who waits is served in order. */
export class Slots {
  /** Called when one becomes free that nobody waited for. */
  onFree: () => void = () => {};
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** How many could begin at once. */
  get free(): number {
    return this.#free;
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  release(): void {
    const next = this.#queue.shift();
    if (next) {
      next();
      return;
    }
    this.#free += 1;
    this.onFree();
  }
}
