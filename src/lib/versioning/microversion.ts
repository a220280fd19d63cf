// Named microversions and windows between them. The code uses names; only one table holds the numbers.
import { invariant } from '../errors/invariant.ts';

/** One version of an API: its name in the code, its number on the wire and a sentence about what changed. */
export interface Microversion {
  readonly name: string;
  /** `major.minor`, as clients write it. */
  readonly version: string;
  readonly summary: string;
  /** Position in the table, oldest 0: what comparisons use. */
  readonly ordinal: number;
}

/** From `since` (included) up to `until` (not included); an open end means always. */
export interface Window {
  readonly since?: Microversion;
  readonly until?: Microversion;
}

type Table = Readonly<Record<string, readonly [version: string, summary: string]>>;

/**
 * Declares every version of an API by name, oldest first.
 * @example microversions({ initial: ['2.1', 'The first version.'], keypairTypes: ['2.2', 'Keypairs have a type.'] })
 */
export function microversions<T extends Table>(table: T): { readonly [K in keyof T]: Microversion } {
  const list = Object.entries(table).map(([name, [version, summary]], ordinal) => ({ name, version, summary, ordinal }));
  list.slice(1).forEach((next, index) => {
    const before = list[index]?.version ?? '';
    invariant(compareNumbers(before, next.version) < 0, `${next.name} (${next.version}) comes after ${before}`);
  });
  // Seam: fromEntries forgets the keys that went in.
  return Object.fromEntries(list.map((version) => [version.name, version])) as { readonly [K in keyof T]: Microversion };
}

/** Whether something with this window exists at a version. */
export const live = ({ since, until }: Window, at: Microversion): boolean =>
  (since === undefined || at.ordinal >= since.ordinal) && (until === undefined || at.ordinal < until.ordinal);

/** Whether there is a version at which both are live. */
export const overlap = (a: Window, b: Window): boolean => {
  const start = Math.max(a.since?.ordinal ?? 0, b.since?.ordinal ?? 0);
  const end = Math.min(a.until?.ordinal ?? Infinity, b.until?.ordinal ?? Infinity);
  return start < end;
};

/** The versions of one API as a range: oldest, newest, and by number. */
export interface Versions {
  readonly all: readonly Microversion[];
  readonly min: Microversion;
  readonly max: Microversion;
  /** The newest version, which a client asking for "latest" gets. */
  readonly latest: Microversion;
  /** The version with this number, e.g. `2.53`; undefined outside the range. */
  find(version: string): Microversion | undefined;
}

/** The range that a table of versions spans. */
export function versionsOf(table: Readonly<Record<string, Microversion>>): Versions {
  const all = Object.values(table);
  const [min, max] = [all[0], all.at(-1)];
  invariant(min && max, 'an API has at least one version');
  const byNumber = new Map(all.map((version) => [version.version, version]));
  return { all, min, max, latest: max, find: (version) => byNumber.get(version) };
}

/** Refuses windows that overlap or are out of order: two variants must never be live at one version. */
export function assertDisjoint(what: string, windows: readonly Window[]): void {
  windows.slice(1).forEach((next, index) => {
    const end = windows[index]?.until;
    invariant(end && next.since && end.ordinal <= next.since.ordinal, `variant ${index + 1} of ${what} does not overlap the one before`);
  });
}

/** Memoizes a function of the version. */
export function perVersion<T>(compute: (at: Microversion) => T): (at: Microversion) => T {
  const known: T[] = [];
  return (at) => (at.ordinal in known ? (known[at.ordinal] as T) : (known[at.ordinal] = compute(at))); // Seam: checked by `in`.
}

function compareNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  return (left?.[0] ?? 0) - (right?.[0] ?? 0) || (left?.[1] ?? 0) - (right?.[1] ?? 0);
}
