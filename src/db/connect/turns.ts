// Divides the connections of a pool among parties, so that one with many queries does not delay one with few.
import type { Clock } from '../../lib/clock/clock.ts';
import { within } from '../../lib/clock/within.ts';

/** How the places are divided. */
export interface TurnsOptions {
  readonly places: number;
  /** How long to wait for a place. */
  readonly timeoutMs: number;
  /** The error of one who has waited so long. */
  readonly late: () => Error;
  readonly clock: Clock;
}

/** The share of the places that one party leaves free for others. */
const KEPT_SHARE = 1 / 5;

interface Waiting {
  readonly admit: () => void;
  isAdmitted: boolean;
}

/** A place is given to each waiting party in turn. A named party cannot have them all; the cloud's own work, which has no party, can. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #mostOfOne: number;
  readonly #held = new Map<string | undefined, number>();
  /** In the order in which the parties get their next place. */
  readonly #waiting = new Map<string | undefined, Set<Waiting>>();
  #free: number;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#free = options.places;
    this.#mostOfOne = options.places - Math.floor(options.places * KEPT_SHARE);
  }

  /** How many wait. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Waits for a place; fails when none comes in time. */
  async take(party: string | undefined): Promise<void> {
    if (this.#mayHave(party)) return this.#hold(party);
    const { clock, timeoutMs, late } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting: Waiting = { admit: resolve, isAdmitted: false };
    this.#waiting.set(party, (this.#waiting.get(party) ?? new Set()).add(waiting));
    try {
      await within(clock, timeoutMs, promise, late);
    } catch (error) {
      // The place may have come at the very moment of the timeout.
      if (waiting.isAdmitted) this.giveBack(party);
      else this.#leave(party, waiting);
      throw error;
    }
  }

  giveBack(party: string | undefined): void {
    this.#free += 1;
    const left = (this.#held.get(party) ?? 1) - 1;
    if (left > 0) this.#held.set(party, left);
    else this.#held.delete(party);
    this.#admitNext();
  }

  #mayHave(party: string | undefined): boolean {
    return this.#free > 0 && (party === undefined || (this.#held.get(party) ?? 0) < this.#mostOfOne);
  }

  #hold(party: string | undefined): void {
    this.#free -= 1;
    this.#held.set(party, (this.#held.get(party) ?? 0) + 1);
  }

  #admitNext(): void {
    for (const [party, queue] of this.#waiting) {
      if (!this.#mayHave(party)) continue;
      const [next] = queue;
      if (!next) continue;
      this.#leave(party, next);
      // Its next turn comes after those of all others.
      if (this.#waiting.delete(party)) this.#waiting.set(party, queue);
      this.#hold(party);
      next.isAdmitted = true;
      next.admit();
      return;
    }
  }

  #leave(party: string | undefined, waiting: Waiting): void {
    const queue = this.#waiting.get(party);
    queue?.delete(waiting);
    if (queue?.size === 0) this.#waiting.delete(party);
  }
}
