/** Who sent an EC2 request, by a signature of version 4 or 2. */
import { createHash } from 'node:crypto';
import type { AccessKeyApi } from '../../../identity/access-key-api.ts';
import { isSameSignature, type SignedRequest } from '../../../lib/aws-signature/encoding.ts';
import { signatureV2 } from '../../../lib/aws-signature/v2.ts';
import { ALGORITHM_V4, claimInHeader, claimInQuery, type ClaimV4, signatureV4, signingKey, timeOf } from '../../../lib/aws-signature/v4.ts';
import type { Clock } from '../../../lib/clock/clock.ts';
import type { Exchange } from '../../../lib/http/exchange.ts';
import type { Identify } from '../../pipeline/face.ts';
import { AuthFailure } from '../errors.ts';

/** How far the clock of a client may be off: that of old tools less, as in Nova. */
const SKEW_V4_MS = 15 * 60_000;
const SKEW_V2_MS = 5 * 60_000;

interface Deps {
  readonly accessKeys: AccessKeyApi;
  readonly clock: Clock;
}

/** Finds the caller by the signature of the request. */
export const bySignature =
  ({ accessKeys, clock }: Deps): Identify =>
  async ({ exchange, body }) => {
    const sent = exchange.method === 'POST' ? await body() : Buffer.alloc(0);
    const now = clock.now();
    const claim = claimIn(exchange);
    if (claim) return await byVersion4(exchange, { claim, sent, now }, accessKeys);
    return await byVersion2(exchange, { sent, now }, accessKeys);
  };

function claimIn({ headers, query }: Exchange): ClaimV4 | undefined {
  const { authorization } = headers;
  if (authorization === undefined && !query.has('X-Amz-Algorithm')) return undefined;
  const date = headers['x-amz-date'];
  const claim = authorization?.startsWith(ALGORITHM_V4) ? claimInHeader(authorization, String(date)) : claimInQuery(query);
  if (claim?.scope.service !== 'ec2') throw AuthFailure({ problem: 'The authorization is malformed, or is not for the service ec2.' });
  return claim;
}

interface Sent {
  readonly sent: Buffer;
  readonly now: Date;
}

async function byVersion4(exchange: Exchange, { claim, sent, now }: Sent & { readonly claim: ClaimV4 }, accessKeys: AccessKeyApi) {
  const made = timeOf(claim.time);
  const validMs = claim.validS === undefined ? SKEW_V4_MS : claim.validS * 1_000;
  const ageMs = made ? now.getTime() - made.getTime() : Number.POSITIVE_INFINITY;
  if (ageMs > validMs || ageMs < -SKEW_V4_MS)
    throw AuthFailure({ problem: 'Signature expired: the time of the request is too far from now.' });
  const payload = createHash('sha256').update(sent).digest('hex');
  const request = requestOf(exchange, [...exchange.query]);
  return await accessKeys.identify(
    claim.access,
    (secret) => isSameSignature(signatureV4(request, claim, signingKey(secret, claim.scope), payload), claim.signature),
    exchange,
  );
}

async function byVersion2(exchange: Exchange, { sent, now }: Sent, accessKeys: AccessKeyApi) {
  const form = exchange.method === 'POST' ? new URLSearchParams(sent.toString('utf8')) : exchange.query;
  const {
    AWSAccessKeyId: access,
    Signature: signature,
    SignatureVersion: version,
    Timestamp: madeAt,
    Expires: expiresAt,
  } = Object.fromEntries(form);
  if (signature === undefined) throw AuthFailure({ problem: 'Signature not provided' });
  if (access === undefined) throw AuthFailure({ problem: 'Access key not provided' });
  if (version !== '2') throw AuthFailure({ problem: 'Signatures have version 2 or 4.' });
  if (!isFresh({ madeAt, expiresAt }, now)) throw AuthFailure({ problem: 'Timestamp is invalid or expired.' });
  const request = requestOf(exchange, [...form]);
  return await accessKeys.identify(access, (secret) => isSameSignature(signatureV2(request, secret), signature), exchange);
}

function isFresh(
  { madeAt, expiresAt }: { readonly madeAt: string | undefined; readonly expiresAt: string | undefined },
  now: Date,
): boolean {
  if (expiresAt !== undefined) return madeAt === undefined && now <= new Date(expiresAt);
  return Math.abs(now.getTime() - new Date(madeAt ?? '').getTime()) <= SKEW_V2_MS;
}

/** The request as its sender signed it. */
const requestOf = ({ method, fullPath, headers, origin }: Exchange, query: SignedRequest['query']): SignedRequest => ({
  method,
  path: fullPath,
  query,
  headers: {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value])),
    host: origin.replace(/^\w+:\/\//, '').replace(/\/.*$/, ''),
  },
});
