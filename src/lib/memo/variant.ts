import { setNewest } from './set-newest.ts';

const variants = new WeakMap<object, Map<string, object>>();

/** Variants of one value that are kept; the oldest is evicted first. */
const MOST_KEPT = 8;

/** A value with properties added: the same object for the same value and additions, so that caches keyed by it are hit. Never change either. */
export function variantOf<T extends object, Added extends Readonly<Record<string, string>>>(value: T, added: Added): T & Added {
  const known = variants.get(value) ?? new Map<string, object>();
  variants.set(value, known);
  const key = JSON.stringify(added);
  const before = known.get(key);
  // Seam: what is kept under this key was made of these very additions.
  if (before) return before as T & Added;
  const made = { ...value, ...added };
  setNewest(known, [key, made], MOST_KEPT);
  return made;
}
