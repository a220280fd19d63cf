// Authenticates the caller through the face, and checks the project in the URL against it.
import type { Context } from '../../lib/context/context.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Identify, Recalled, Unidentified } from './face.ts';
import type { Place } from './place.ts';

/** The token or signature is missing or invalid. */
export const Unauthenticated = errorType('Unauthenticated', 'unauthenticated', () => 'The request you have made requires authentication.');

/** The context of an unauthenticated request: no user, no rights. */
const nobody = (requestId: string): Context => ({ requestId, userId: null, projectId: null, roles: [], isAdmin: false });

/** Admits a request that changes nothing by what is recalled of its caller; undefined when nothing is, or it would be refused. */
export function admitEarly<Deps>(asked: Unidentified, place: Place<Deps>, identify: Identify | undefined): Recalled | undefined {
  const { method, requestId } = asked.exchange;
  if ((method !== 'GET' && method !== 'HEAD') || place.candidates.length === 0) return undefined;
  if (place.candidates.some((route) => route.auth === 'none' || route.pass !== undefined || route.changes === true)) return undefined;
  const recalled = identify?.recall?.(asked);
  if (!recalled) return undefined;
  const found = { ...recalled.found, requestId };
  return place.projectId === undefined || place.projectId === found.projectId ? { ...recalled, found } : undefined;
}

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
