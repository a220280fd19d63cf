// Who asks: the token's owner, checked against the project that the URL names.
import type { Context } from '../../lib/context/context.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import { type Exchange, headerOf } from '../../lib/http/exchange.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Place } from './place.ts';
import type { Site } from './site.ts';

/** No token, or one that nobody issued. */
export const Unauthenticated = errorType('Unauthenticated', 'unauthenticated', () => 'The request you have made requires authentication.');

/** The context of a request that needs no token: nobody, with no rights. */
const nobody = (requestId: string): Context => ({ requestId, userId: null, projectId: null, roles: [], isAdmin: false });

/** Lets a request in, or refuses it; paths that do not exist ask for a token first, so that strangers cannot map the API. */
export async function admit<Deps>(exchange: Exchange, place: Place<Deps>, { authenticate }: Site<Deps>): Promise<Context> {
  const { requestId } = exchange;
  const isOpen = place.candidates.length > 0 && place.candidates.every((route) => route.auth === 'none');
  if (!authenticate || isOpen) return nobody(requestId);
  const token = headerOf(exchange, 'x-auth-token');
  if (!token) throw Unauthenticated({});
  const ctx = { ...(await authenticate(token, { requestId })), requestId };
  if (place.projectId !== undefined && place.projectId !== ctx.projectId) throw new HttpFault(400, 'Malformed request url');
  return ctx;
}
