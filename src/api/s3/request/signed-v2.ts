import { isSameSignature } from '../../../lib/aws-signature/encoding.ts';
import { signatureS3V2 } from '../../../lib/aws-signature/v2.ts';
import { type Exchange, headerOf } from '../../../lib/http/exchange.ts';
import { AccessDenied } from '../../../objectstore/errors.ts';
import { AuthorizationMalformed, RequestTimeTooSkewed } from '../errors.ts';
import type { Place } from './place.ts';
import { SKEW_MS, type Signed, signedRequestOf } from './signed-request.ts';

const AUTHORIZATION = /^AWS ([^\s:]{1,128}):([A-Za-z0-9+/=]{1,64})$/;

/** What a signature of version 2 says; undefined if the request has none. */
export function byVersion2(exchange: Exchange, place: Place, now: Date): Signed | undefined {
  const { authorization } = exchange.headers;
  if (authorization !== undefined) return signedHeader(exchange, place, now, authorization);
  return exchange.query.has('Signature') ? presigned(exchange, place, now) : undefined;
}

function signedHeader(exchange: Exchange, place: Place, now: Date, authorization: string): Signed {
  const [, access, signature] = AUTHORIZATION.exec(authorization) ?? [];
  if (access === undefined || signature === undefined) throw AuthorizationMalformed({ problem: 'The authorization header is malformed.' });
  const amzDate = headerOf(exchange, 'x-amz-date');
  const date = amzDate === undefined ? (headerOf(exchange, 'date') ?? '') : '';
  const made = new Date(amzDate ?? date);
  if (Number.isNaN(made.getTime())) throw AccessDenied({ because: 'AWS authentication requires a valid Date or x-amz-date header' });
  if (Math.abs(now.getTime() - made.getTime()) > SKEW_MS) throw RequestTimeTooSkewed({});
  return signedBy(exchange, place, { access, signature, date });
}

function presigned(exchange: Exchange, place: Place, now: Date): Signed {
  const [access, signature, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map((name) => exchange.query.get(name) ?? '');
  if (access === undefined || signature === undefined || expires === undefined || !/^\d{1,12}$/.test(expires))
    throw AccessDenied({ because: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters' });
  if (now.getTime() > Number(expires) * 1_000) throw AccessDenied({ because: 'Request has expired' });
  return signedBy(exchange, place, { access, signature, date: expires });
}

interface Claim {
  readonly access: string;
  readonly signature: string;
  readonly date: string;
}

function signedBy(exchange: Exchange, { bucketOfHost }: Place, { access, signature, date }: Claim): Signed {
  const request = signedRequestOf(exchange);
  return {
    access,
    check: (secret) => isSameSignature(signatureS3V2(request, { bucketOfHost, date }, secret), signature),
    payload: () => ({ kind: 'unsigned' }),
  };
}
