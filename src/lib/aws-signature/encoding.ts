// The text forms that signatures of requests are computed from.
import { timingSafeEqual } from 'node:crypto';

/** A request as its signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** As it was sent, still percent-encoded. */
  readonly path: string;
  /** Decoded, in any order. */
  readonly query: readonly Pair[];
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export type Pair = readonly [name: string, value: string];

/** Percent-encodes all but the unreserved characters of RFC 3986. */
export const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** A path in its one form, whatever the client left unencoded. */
export const canonicalPath = (path: string): string => {
  try {
    return path
      .split('/')
      .map((segment) => encoded(decodeURIComponent(segment)))
      .join('/');
  } catch {
    return path;
  }
};

/** Parameters in the order of their encoded names, then values. */
export const canonicalQuery = (pairs: readonly Pair[]): string =>
  pairs
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .toSorted(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join('='))
    .join('&');

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Compares signatures without telling by its time where they differ. Where none can be expected, none is right. */
export function isSameSignature(expected: string | undefined, given: string): boolean {
  if (expected === undefined) return false;
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
