import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** Randomness as an injected dependency: the source of every identifier, secret and random choice. */
export interface Ids {
  uuid(): string;
  /** `bytes` random bytes in hex. */
  hex(bytes: number): string;
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
}

export const systemIds: Ids = {
  uuid: () => randomUUID(),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
  below: (below) => randomInt(below),
};

/** Repeatable ids for tests and simulations: the same seed gives the same ids in the same order. */
export function seededIds(seed = 1): Ids {
  let state = seed >>> 0 || 1;
  const next = () => {
    // xorshift32 (Marsaglia 2003): small, repeatable, good enough for everything but secrets.
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const hex = (bytes: number) => Array.from({ length: bytes }, () => (next() & 0xff).toString(16).padStart(2, '0')).join('');
  return {
    uuid: () => `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-8${hex(2).slice(1)}-${hex(6)}`,
    hex,
    below: (below) => next() % below,
  };
}
