// Authentication by a token in a header, as in every OpenStack service.
import type { Context } from '../../lib/context/context.ts';
import { headerOf } from '../../lib/http/exchange.ts';
import { Unauthenticated } from './auth.ts';
import type { Identify } from './face.ts';

/** Validates a token; throws an `unauthenticated` error for a bad one. */
export type Authenticate = (token: string, about: { readonly requestId: string }) => Promise<Context>;

/** Identifies the caller by the token. */
export const byToken =
  (authenticate: Authenticate): Identify =>
  async ({ exchange }) => {
    const token = headerOf(exchange, 'x-auth-token');
    if (!token) throw Unauthenticated({});
    return await authenticate(token, { requestId: exchange.requestId });
  };
