// Authentication by a token in a header, as in every OpenStack service.
import type { Context } from '../../lib/context/context.ts';
import { headerOf } from '../../lib/http/exchange.ts';
import { Unauthenticated } from './auth.ts';
import type { Identify, Recalled, Unidentified } from './face.ts';

interface About {
  readonly requestId: string;
}

/** Validates a token; throws an `unauthenticated` error for a bad one. */
export interface Authenticate {
  (token: string, about: About): Promise<Context>;
  /** What an earlier check of the token found, and whether it still holds; undefined when there was none. */
  readonly recall?: (token: string, about: About) => Recalled | undefined;
}

/** Identifies the caller by the token. */
export function byToken(authenticate: Authenticate): Identify {
  const identify = async ({ exchange }: Unidentified): Promise<Context> => {
    const token = headerOf(exchange, 'x-auth-token');
    if (!token) throw Unauthenticated({});
    return await authenticate(token, { requestId: exchange.requestId });
  };
  const recall = ({ exchange }: Unidentified): Recalled | undefined =>
    authenticate.recall?.(headerOf(exchange, 'x-auth-token') ?? '', { requestId: exchange.requestId });
  return Object.assign(identify, { recall });
}
