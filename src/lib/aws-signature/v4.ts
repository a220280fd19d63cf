// Signature version 4 of Amazon's APIs: what a request claims, and the signature that it should have.
import { createHash, createHmac } from 'node:crypto';
import { canonicalPath, canonicalQuery, encoded, type SignedRequest } from './encoding.ts';

/** What a key signs for: one day, region and service. */
export interface KeyScope {
  /** @example 20260131 */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** What a request says about its signature. */
export interface ClaimV4 {
  readonly access: string;
  readonly scope: KeyScope;
  readonly signedHeaders: readonly string[];
  /** Hex. */
  readonly signature: string;
  /** @example 20260131T235959Z */
  readonly time: string;
  /** Of a presigned URL: for how many seconds it is valid. */
  readonly validS?: number;
}

export const ALGORITHM_V4 = 'AWS4-HMAC-SHA256';
const CREDENTIAL = /^([^/\s]{1,128})\/(\d{8})\/([^/\s]{1,64})\/([^/\s]{1,32})\/aws4_request$/;
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** Clients sign some five headers. */
const MAX_HEADERS = 64;

/** The claim in an Authorization header; undefined if it is malformed. */
export function claimInHeader(authorization: string, time: string): ClaimV4 | undefined {
  if (!authorization.startsWith(ALGORITHM_V4)) return undefined;
  const parts = authorization.slice(ALGORITHM_V4.length).split(',');
  const named = new Map(parts.map((part) => [part.trim().split('=', 1)[0] ?? '', part.trim().split('=').slice(1).join('=')]));
  return claimOf({
    credential: named.get('Credential'),
    signedHeaders: named.get('SignedHeaders'),
    signature: named.get('Signature'),
    time,
  });
}

/** The claim in the query of a presigned URL; undefined if it is malformed. */
export function claimInQuery(query: URLSearchParams): ClaimV4 | undefined {
  const of = (name: string): string | undefined => query.get(`X-Amz-${name}`) ?? undefined;
  const validS = of('Expires');
  if (of('Algorithm') !== ALGORITHM_V4 || !/^\d{1,6}$/.test(validS ?? '')) return undefined;
  const claim = claimOf({
    credential: of('Credential'),
    signedHeaders: of('SignedHeaders'),
    signature: of('Signature'),
    time: of('Date') ?? '',
  });
  return claim && { ...claim, validS: Number(validS) };
}

interface Said {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly time: string;
}

function claimOf({ credential = '', signedHeaders = '', signature = '', time }: Said): ClaimV4 | undefined {
  const [, access, day, region, service] = CREDENTIAL.exec(credential) ?? [];
  const names = signedHeaders.toLowerCase().split(';');
  // A signature without the host would be valid at every other service that knows the key.
  const isComplete = names.includes('host') && names.length <= MAX_HEADERS && /^[0-9a-f]{64}$/.test(signature);
  if (!access || !day || !region || !service || !isComplete || !time.startsWith(day)) return undefined;
  return { access, scope: { day, region, service }, signedHeaders: names, signature, time };
}

/** The moment that the time of a claim means; undefined if it means none. */
export function timeOf(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = TIME.exec(text) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The key for one day, region and service. */
export const signingKey = (secret: string, { day, region, service }: KeyScope): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');

const hexSha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const scopeText = ({ day, region, service }: KeyScope): string => `${day}/${region}/${service}/aws4_request`;

/** Signs a text for the scope of a claim. */
export const signedText = (key: Buffer, text: string): string => hmac(key, text).toString('hex');

/** The signature that the request should have, in hex. @param payload hex SHA-256 of the body, or what the request says instead */
export function signatureV4(request: SignedRequest, { scope, signedHeaders, time }: ClaimV4, key: Buffer, payload: string): string {
  const path = canonicalPath(request.path === '' ? '/' : request.path);
  const query = request.query.filter(([name]) => name !== 'X-Amz-Signature');
  const canonical = [
    request.method,
    // All services but S3 encode a path twice.
    scope.service === 's3' ? path : path.split('/').map(encoded).join('/'),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payload,
  ].join('\n');
  return signedText(key, [ALGORITHM_V4, time, scopeText(scope), hexSha256(canonical)].join('\n'));
}
