import { isSameSignature, type SignedRequest } from '../../../lib/aws-signature/encoding.ts';
import {
  ALGORITHM_V4,
  claimInHeader,
  claimInQuery,
  type ClaimV4,
  scopeText,
  signatureV4,
  signingKey,
  timeOf,
} from '../../../lib/aws-signature/v4.ts';
import { type Exchange, headerOf } from '../../../lib/http/exchange.ts';
import { AccessDenied, InvalidRequest } from '../../../objectstore/errors.ts';
import { AuthorizationMalformed, AuthorizationQueryParametersError, RequestTimeTooSkewed } from '../errors.ts';
import { type ChunkSigning, type Payload, payloadOf } from './payload.ts';
import { SKEW_MS, type Signed, signedRequestOf } from './signed-request.ts';

/** One week, in seconds. */
const LONGEST_S = 604_800;

/** What a signature of version 4 says; undefined if the request has none. */
export function byVersion4(exchange: Exchange, now: Date): Signed | undefined {
  const authorization = exchange.headers.authorization ?? '';
  if (authorization.startsWith(ALGORITHM_V4)) return signedHeader(exchange, authorization, now);
  return exchange.query.has('X-Amz-Algorithm') ? presigned(exchange, now) : undefined;
}

function signedHeader(exchange: Exchange, authorization: string, now: Date): Signed {
  const time = headerOf(exchange, 'x-amz-date') ?? '';
  const claim = claimInHeader(authorization, time);
  const made = timeOf(time);
  if (!claim || !made || claim.scope.service !== 's3')
    throw AuthorizationMalformed({ problem: 'The authorization header is malformed, or is not for the service s3.' });
  if (Math.abs(now.getTime() - made.getTime()) > SKEW_MS) throw RequestTimeTooSkewed({});
  const said = headerOf(exchange, 'x-amz-content-sha256');
  if (said === undefined) throw InvalidRequest({ problem: 'Missing required header for this request: x-amz-content-sha256' });
  return signedBy(signedRequestOf(exchange), claim, said);
}

function presigned(exchange: Exchange, now: Date): Signed {
  const claim = claimInQuery(exchange.query);
  const made = claim && timeOf(claim.time);
  const validS = claim?.validS ?? 0;
  if (!claim || !made || claim.scope.service !== 's3' || validS < 1 || validS > LONGEST_S)
    throw AuthorizationQueryParametersError({ problem: 'The X-Amz- parameters of the query are incomplete or not valid.' });
  if (made.getTime() > now.getTime() + SKEW_MS) throw AccessDenied({ because: 'Request is not valid yet' });
  if (now.getTime() > made.getTime() + validS * 1_000) throw AccessDenied({ because: 'Request has expired' });
  return signedBy(signedRequestOf(exchange), claim, headerOf(exchange, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD');
}

function signedBy(request: SignedRequest, claim: ClaimV4, said: string): Signed {
  refuseUnsigned(request, claim);
  let signing: ChunkSigning | undefined;
  const check = (secret: string): boolean => {
    const key = signingKey(secret, claim.scope);
    // The key of the chunks is good for one day and service; the secret is not kept.
    signing = { key, time: claim.time, scope: scopeText(claim.scope), seed: claim.signature };
    return isSameSignature(signatureV4(request, claim, key, said), claim.signature);
  };
  const payload = (): Payload =>
    payloadOf(said, () => {
      if (!signing) throw AccessDenied({});
      return signing;
    });
  return { access: claim.access, check, payload };
}

/** Headers that change what is done must be signed, or whoever passes a presigned URL on could add them. */
function refuseUnsigned({ headers }: SignedRequest, { signedHeaders }: ClaimV4): void {
  const unsigned = Object.keys(headers).find((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (unsigned !== undefined) throw AccessDenied({ because: 'There were headers present in the request which were not signed' });
}
