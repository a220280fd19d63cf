/** Who sent a request: found by its signature, of version 4 or 2, in a header or in a presigned URL. */
import type { AccessKeyApi } from '../../../identity/access-key-api.ts';
import { AccessKeyNotFound, AuthenticationFailed, SignatureRefused } from '../../../identity/errors.ts';
import type { Clock } from '../../../lib/clock/clock.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { Exchange } from '../../../lib/http/exchange.ts';
import { AccessDenied } from '../../../objectstore/errors.ts';
import { InvalidAccessKeyId, SignatureDoesNotMatch } from '../errors.ts';
import type { Payload } from './payload.ts';
import type { Place } from './place.ts';
import { byVersion2 } from './signed-v2.ts';
import { byVersion4 } from './signed-v4.ts';

export interface Caller {
  readonly ctx: Context;
  readonly payload: Payload;
}

export interface CallerDeps {
  readonly accessKeys: AccessKeyApi;
  readonly clock: Clock;
}

/** The caller; refuses requests that nobody signed, or not as they came. */
export async function callerOf(exchange: Exchange, place: Place, { accessKeys, clock }: CallerDeps): Promise<Caller> {
  const now = clock.now();
  const signed = byVersion4(exchange, now) ?? byVersion2(exchange, place, now);
  if (!signed) throw AccessDenied({});
  const ctx = await accessKeys.identify(signed.access, signed.check, exchange).catch((error: unknown) => {
    if (AccessKeyNotFound.is(error)) throw InvalidAccessKeyId({});
    if (SignatureRefused.is(error)) throw SignatureDoesNotMatch({});
    // The user or the project of the key is disabled.
    throw AuthenticationFailed.is(error) ? AccessDenied({}) : error;
  });
  return { ctx, payload: signed.payload() };
}
