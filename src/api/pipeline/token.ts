// Tokens in a header, as every OpenStack service knows its callers.
import type { Context } from '../../lib/context/context.ts';
import { headerOf } from '../../lib/http/exchange.ts';
import { Unauthenticated } from './auth.ts';
import type { Identify } from './face.ts';

/** Finds out whose token it is; throws an `unauthenticated` error for a bad one. */
export type Authenticate = (token: string, about: { readonly requestId: string }) => Promise<Context>;

/** Who asks is whose token it is. */
export const byToken =
  (authenticate: Authenticate): Identify =>
  async ({ exchange }) => {
    const token = headerOf(exchange, 'x-auth-token');
    if (!token) throw Unauthenticated({});
    return await authenticate(token, { requestId: exchange.requestId });
  };
