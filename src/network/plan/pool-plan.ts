/** Arithmetic of subnet pools: which prefixes they have, which are free, and how much a project has taken. Pure. */
import { contains, formatPrefix, type Prefix, parsePrefix } from './ip-range.ts';

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);

/** The prefixes in canonical form, merged where they touch, in order; undefined when one is none, or they are of two versions. */
export function mergedPrefixes(texts: readonly string[]): readonly Prefix[] | undefined {
  const prefixes = texts.map(parsePrefix);
  const version = prefixes[0]?.version;
  const whole = prefixes.flatMap((prefix) => (prefix && prefix.version === version ? [prefix] : []));
  if (version === undefined || whole.length < texts.length) return undefined;
  return merged(whole).flatMap((range) => blocksOf(version, range));
}

/** The prefixes as they are kept. */
export const textsOf = (prefixes: readonly Prefix[]): string[] => prefixes.map(formatPrefix);

/** What is left of prefixes without others; undefined when those are not all among them. */
export function prefixesWithout(texts: readonly string[], gone: readonly string[]): readonly string[] | undefined {
  const [all, taken] = [mergedPrefixes(texts) ?? [], mergedPrefixes(gone)];
  const version = all[0]?.version;
  if (!taken || version === undefined || !taken.every((one) => all.some((prefix) => covers(prefix, one)))) return undefined;
  return textsOf(rangesWithout(all, taken).flatMap((range) => blocksOf(version, range)));
}

/** Whether each of the prefixes lies within some of the others. */
export const areCovered = (inner: readonly string[], outer: readonly string[]): boolean => {
  const all = mergedPrefixes(outer) ?? [];
  return (mergedPrefixes(inner) ?? []).every((one) => all.some((prefix) => covers(prefix, one)));
};

const covers = (outer: Prefix, inner: Prefix): boolean =>
  contains(outer, { version: inner.version, value: inner.first }) && contains(outer, { version: inner.version, value: inner.last });

/** The lowest free prefix of a length; undefined when none is left. */
export function freePrefix(pool: readonly string[], taken: readonly string[], length: number): string | undefined {
  const prefixes = mergedPrefixes(pool) ?? [];
  const version = prefixes[0]?.version;
  if (version === undefined) return undefined;
  const size = 1n << BigInt(bitsOf(version) - length);
  for (const { first, last } of rangesWithout(prefixes, mergedPrefixes(taken) ?? [])) {
    const start = ((first + size - 1n) / size) * size;
    if (start + size - 1n <= last) return formatPrefix({ version, length, first: start, last: start + size - 1n });
  }
  return undefined;
}

/** How much prefixes count for a quota: addresses of IPv4, /64 prefixes of IPv6. */
export function quotaUnitsOf(cidrs: readonly string[]): number {
  return cidrs.reduce((sum, cidr) => {
    const prefix = parsePrefix(cidr);
    return prefix ? sum + 2 ** ((prefix.version === 4 ? 32 : 64) - prefix.length) : sum;
  }, 0);
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const all: Range[] = [];
  for (const range of ranges.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = all.at(-1);
    if (before && range.first <= before.last + 1n)
      all[all.length - 1] = { ...before, last: range.last > before.last ? range.last : before.last };
    else all.push({ first: range.first, last: range.last });
  }
  return all;
}

function rangesWithout(all: readonly Range[], taken: readonly Range[]): readonly Range[] {
  let left = merged(all);
  for (const gone of taken)
    left = left.flatMap(({ first, last }) => {
      if (gone.last < first || last < gone.first) return [{ first, last }];
      const parts = [
        { first, last: gone.first - 1n },
        { first: gone.last + 1n, last },
      ];
      return parts.filter((part) => part.first <= part.last);
    });
  return left;
}

/** The fewest prefixes that are exactly the range. */
function blocksOf(version: 4 | 6, { first, last }: Range): Prefix[] {
  const blocks: Prefix[] = [];
  for (let start = first; start <= last; ) {
    let length = bitsOf(version);
    while (length > 0) {
      const size = 1n << BigInt(bitsOf(version) - length + 1);
      if (start % size !== 0n || start + size - 1n > last) break;
      length -= 1;
    }
    const end = start + (1n << BigInt(bitsOf(version) - length)) - 1n;
    blocks.push({ version, length, first: start, last: end });
    start = end + 1n;
  }
  return blocks;
}
