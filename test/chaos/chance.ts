/** The random numbers of a chaos run: one seed, with a separate stream for each kind of decision. */
import { type Ids, seededIds } from '../../src/lib/clock/ids.ts';

/** A random stream for one purpose: the same seed and names give the same values, whatever other streams are used. */
export function chanceFor(seed: number, ...names: readonly (string | number)[]): Ids {
  // 32-bit FNV-1a: similar seeds and names give very different states.
  let hash = 0x811c9dc5;
  for (const letter of [seed, ...names].join('/')) {
    hash ^= letter.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193);
  }
  const chance = seededIds(hash);
  // Skipped, because the first numbers of a small state are small.
  for (let skip = 0; skip < 8; skip += 1) chance.below(2);
  return chance;
}

/** An integer from `low` to `high`, inclusive. */
export const between = (low: number, high: number, chance: Ids): number => low + chance.below(high - low + 1);

/** A weighted random choice. */
export function pickWeighted<T extends { readonly weight: number }>(values: readonly T[], chance: Ids): T {
  let left = chance.below(values.reduce((sum, { weight }) => sum + weight, 0));
  const found = values.find(({ weight }) => (left -= weight) < 0);
  if (!found) throw new Error('there is nothing to pick from');
  return found;
}
