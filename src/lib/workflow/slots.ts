/** A counting semaphore: bounds how many steps run at a time; waiters are served in order. */
export class Slots {
  /** Called when a slot becomes free and nobody is waiting for it. */
  onFree: () => void = () => {};
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** How many slots are free. */
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
