import type { SignatureCheck } from '../../../identity/access-key-api.ts';
import type { SignedRequest } from '../../../lib/aws-signature/encoding.ts';
import type { Exchange } from '../../../lib/http/exchange.ts';
import type { Payload } from './payload.ts';
import { hostOf } from './place.ts';

/** What a signature says, once it has been found. */
export interface Signed {
  readonly access: string;
  readonly check: SignatureCheck;
  /** How the body is sent; asked when the check has passed. */
  readonly payload: () => Payload;
}

/** How far the clock of a client may be off. */
export const SKEW_MS = 15 * 60_000;

/** The request as its sender signed it, even if a proxy passed it on. */
export const signedRequestOf = ({ method, fullPath, query, headers, origin }: Exchange): SignedRequest => ({
  method,
  path: fullPath,
  query: [...query],
  headers: {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value])),
    host: hostOf(origin),
  },
});
