/** Where the chaos takes its chances from: one seed, and a stream of its own for each thing that is decided. */
import { type Ids, seededIds } from '../../src/lib/clock/ids.ts';

/** Chance for one purpose: the same seed and names give the same values, whatever else was asked of the seed. */
export function chanceFor(seed: number, ...names: readonly (string | number)[]): Ids {
  // FNV-1a, of 32 bits: near seeds and names become far ones.
  let hash = 0x811c9dc5;
  for (const letter of [seed, ...names].join('/')) {
    hash ^= letter.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193);
  }
  const chance = seededIds(hash);
  // The first numbers of a small state are small too.
  for (let skip = 0; skip < 8; skip += 1) chance.below(2);
  return chance;
}

/** A whole number from `low` to `high`, both included. */
export const between = (low: number, high: number, chance: Ids): number => low + chance.below(high - low + 1);

/** One of them, each as often as its weight says. */
export function pickWeighted<T extends { readonly weight: number }>(values: readonly T[], chance: Ids): T {
  let left = chance.below(values.reduce((sum, { weight }) => sum + weight, 0));
  const found = values.find(({ weight }) => (left -= weight) < 0);
  if (!found) throw new Error('there is nothing to pick from');
  return found;
}
