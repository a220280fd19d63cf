// Signature version 2 of Amazon's query APIs and of S3, which older tools use.
import { createHmac } from 'node:crypto';
import { canonicalQuery, type Pair, type SignedRequest } from './encoding.ts';

/** The signature of a query request, by the method that its parameters name; undefined for another method. */
export function signatureV2({ method, path, query, headers }: SignedRequest, secret: string): string | undefined {
  const hash = hashes.get(query.find(([name]) => name === 'SignatureMethod')?.[1] ?? 'HmacSHA256');
  if (hash === undefined) return undefined;
  const covered = canonicalQuery(query.filter(([name]) => name !== 'Signature'));
  const text = [method, (headers['host'] ?? '').toLowerCase(), path === '' ? '/' : path, covered].join('\n');
  return createHmac(hash, secret).update(text).digest('base64');
}

const hashes = new Map([
  ['HmacSHA256', 'sha256'],
  ['HmacSHA1', 'sha1'],
]);

/** Parts of a query that name what is asked for, or change the answer; S3's signature covers them. */
const SIGNED_PARAMETERS = new Set([
  'acl',
  'cors',
  'delete',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'partNumber',
  'policy',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/** What S3's version 2 covers beside the request. */
export interface CoveredS3 {
  /** The bucket, where the host names it and not the path. */
  readonly bucketOfHost: string | undefined;
  /** The Date header, empty if there is x-amz-date; or the time in seconds at which a presigned URL expires. */
  readonly date: string;
}

/** S3's signature of a request. */
export function signatureS3V2({ method, path, query, headers }: SignedRequest, { bucketOfHost, date }: CoveredS3, secret: string): string {
  const amz = Object.entries(headers)
    .flatMap(([name, value]): Pair[] => (name.startsWith('x-amz-') && value !== undefined ? [[name, value.trim()]] : []))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parameters = query
    .filter(([name]) => SIGNED_PARAMETERS.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const resource = `${bucketOfHost === undefined ? '' : `/${bucketOfHost}`}${path}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`;
  const text = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    date,
    ...amz.map((pair) => pair.join(':')),
    resource,
  ].join('\n');
  return createHmac('sha1', secret).update(text).digest('base64');
}
