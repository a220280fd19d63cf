// Authenticates the caller through the face, and checks the project in the URL against it.
import type { Context } from '../../lib/context/context.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Identify, Unidentified } from './face.ts';
import type { Place } from './place.ts';

/** The token or signature is missing or invalid. */
export const Unauthenticated = errorType('Unauthenticated', 'unauthenticated', () => 'The request you have made requires authentication.');

/** The context of an unauthenticated request: no user, no rights. */
const nobody = (requestId: string): Context => ({ requestId, userId: null, projectId: null, roles: [], isAdmin: false });

/** Admits a request or refuses it. Unknown paths require authentication too, so that strangers cannot map the API. */
export async function admit<Deps>(asked: Unidentified, place: Place<Deps>, identify: Identify | undefined): Promise<Context> {
  const { requestId } = asked.exchange;
  const isOpen = place.candidates.length > 0 && place.candidates.every((route) => route.auth === 'none');
  if (!identify || isOpen) return nobody(requestId);
  if (place.candidates.length > 0 && place.candidates.every((route) => route.pass?.(asked.exchange))) return nobody(requestId);
  const ctx = { ...(await identify(asked)), requestId };
  if (place.projectId !== undefined && place.projectId !== ctx.projectId) throw new HttpFault(400, 'Malformed request url');
  return ctx;
}
