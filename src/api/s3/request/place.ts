/** What a request is about: the bucket by its path or its host, and the object in it. */
import type { Exchange } from '../../../lib/http/exchange.ts';
import { InvalidArgument } from '../../../objectstore/errors.ts';

export interface Place {
  /** Undefined for the list of buckets. */
  readonly bucket: string | undefined;
  /** Undefined for the bucket itself. */
  readonly key: string | undefined;
  /** The bucket, where the host names it. */
  readonly bucketOfHost: string | undefined;
}

/** @param domains whose subdomains are buckets */
export function placeOf({ fullPath, origin }: Pick<Exchange, 'fullPath' | 'origin'>, domains: readonly string[]): Place {
  const host = hostOf(origin).replace(/:\d+$/, '').toLowerCase();
  const domain = domains.find((each) => host.endsWith(`.${each}`));
  const bucketOfHost = domain === undefined ? undefined : host.slice(0, -domain.length - 1);
  const path = fullPath.replace(/^\//, '');
  const cut = path.indexOf('/');
  const [first, rest] = cut < 0 ? [path, ''] : [path.slice(0, cut), path.slice(cut + 1)];
  const [bucket, key] = bucketOfHost === undefined ? [decoded(first), rest] : [bucketOfHost, path];
  return { bucket: bucket === '' ? undefined : bucket, key: key === '' ? undefined : decoded(key), bucketOfHost };
}

/** Host and port by which the client reached us. */
export const hostOf = (origin: string): string => origin.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw InvalidArgument({ problem: "Couldn't parse the specified URI." });
  }
}
