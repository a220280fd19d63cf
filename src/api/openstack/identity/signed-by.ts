/** What a service that got a signed request says of it, as a check of its signature. */
import { createHmac } from 'node:crypto';
import type { SignatureCheck } from '../../../identity/access-key-api.ts';
import { isSameSignature, type SignedRequest } from '../../../lib/aws-signature/encoding.ts';
import { signatureV2 } from '../../../lib/aws-signature/v2.ts';
import {
  ALGORITHM_V4,
  claimInHeader,
  claimInQuery,
  type ClaimV4,
  signatureV4,
  signedText,
  signingKey,
  timeOf,
} from '../../../lib/aws-signature/v4.ts';

/** The request, as the body of POST /v3/ec2tokens tells it. */
export interface ToldRequest {
  readonly access: string;
  readonly signature: string;
  readonly host?: string;
  readonly verb?: string;
  readonly path?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body_hash?: string;
}

/** How far the clock of a client may be off, and how long a signature is good. */
const WINDOW_MS = 15 * 60_000;

const lowerCased = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Checks a told request; one that is signed neither way, or too long ago, has no valid signature. */
export function checkOf(told: ToldRequest, now: Date): SignatureCheck {
  const { host = '', verb = 'GET', path = '/', params = {}, signature } = told;
  const headers = { host, ...lowerCased(told.headers ?? {}) };
  const request: SignedRequest = { method: verb.toUpperCase(), path, query: Object.entries(params), headers };
  const claim = claimIn(request);
  if (claim) {
    const isFresh = isWithin(timeOf(claim.time), now) && claim.access === told.access && claim.signature === signature;
    return (secret) =>
      isFresh && isSameSignature(signatureV4(request, claim, signingKey(secret, claim.scope), told.body_hash ?? EMPTY_SHA256), signature);
  }
  const { Timestamp: madeAt, Expires: expiresAt, SignatureVersion: version } = params;
  const isFresh = expiresAt === undefined ? isWithin(dateOf(madeAt), now) : now <= new Date(expiresAt);
  if (version !== '2' || !isFresh) return () => false;
  return (secret) => hostsOf(host).some((each) => isSameSignature(signatureV2({ ...request, headers: { host: each } }, secret), signature));
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function claimIn({ headers, query }: SignedRequest): ClaimV4 | undefined {
  const authorization = headers['authorization'];
  return authorization === undefined
    ? claimInQuery(new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])))
    : claimInHeader(authorization, headers['x-amz-date'] ?? '');
}

const dateOf = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

const isWithin = (time: Date | undefined, now: Date): boolean =>
  time !== undefined && Math.abs(now.getTime() - time.getTime()) <= WINDOW_MS;

/** Old clients leave the port out of what they sign. */
const hostsOf = (host: string): readonly string[] => [...new Set([host, host.replace(/:\d+$/, '')])];

/** The check of POST /v3/s3tokens, which is told the text that was signed. */
export function checkOfText(text: string, signature: string): SignatureCheck {
  const [algorithm, , scope = ''] = text.split('\n');
  if (algorithm !== ALGORITHM_V4) return (secret) => isSameSignature(createHmac('sha1', secret).update(text).digest('base64'), signature);
  const [day = '', region = '', service = ''] = scope.split('/');
  return (secret) => isSameSignature(signedText(signingKey(secret, { day, region, service }), text), signature);
}
