// Request bodies that are still arriving: each has little time, and their number is bounded, whoever sends them.
import type { Readable } from 'node:stream';
import type { Clock } from '../clock/clock.ts';
import { within } from '../clock/within.ts';
import { tooSlow } from './http-fault.ts';
import { readBytes } from './json-body.ts';
import type { HttpLimits } from './limits.ts';

/** A body to read, and the address of its sender. */
export interface Arriving {
  readonly stream: Readable;
  readonly address: string;
  readonly maxBytes: number;
}

type Refuse = () => void;

/** Reads the bodies of one server. */
export class ArrivingBodies {
  readonly #limits: Pick<HttpLimits, 'bodyMs' | 'arrivingBodies'>;
  readonly #clock: Clock;
  /** By the sender's address, the oldest first. */
  readonly #waiting = new Map<string, Set<Refuse>>();
  #count = 0;

  constructor(limits: Pick<HttpLimits, 'bodyMs' | 'arrivingBodies'>, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** The whole body; refused when it is too large, or takes too long. */
  async read({ stream, address, maxBytes }: Arriving): Promise<Buffer> {
    if (this.#count >= this.#limits.arrivingBodies) this.#refuseOne();
    const refused = Promise.withResolvers<never>();
    const refuse: Refuse = () => refused.reject(tooSlow());
    this.#add(address, refuse);
    try {
      return await within(this.#clock, this.#limits.bodyMs, Promise.race([readBytes(stream, maxBytes), refused.promise]), tooSlow);
    } finally {
      this.#remove(address, refuse);
    }
  }

  /** Refuses the oldest body of the address that sends the most: an honest body arrives long before it is the oldest. */
  #refuseOne(): void {
    const [busiest] = [...this.#waiting].toSorted(([, a], [, b]) => b.size - a.size);
    const [oldest] = busiest?.[1] ?? [];
    if (!busiest || !oldest) return;
    oldest();
    this.#remove(busiest[0], oldest);
  }

  #add(address: string, refuse: Refuse): void {
    const here = this.#waiting.get(address) ?? new Set();
    this.#waiting.set(address, here.add(refuse));
    this.#count += 1;
  }

  #remove(address: string, refuse: Refuse): void {
    const here = this.#waiting.get(address);
    if (!here?.delete(refuse)) return;
    this.#count -= 1;
    if (here.size === 0) this.#waiting.delete(address);
  }
}
