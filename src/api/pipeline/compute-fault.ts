// The fault bodies of the compute API: one key named after the status, and Keystone's shape for a missing token.
import type { Fault } from './fault.ts';

const NAMES: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

/** The body of a fault. */
export function computeFaultBody({ status, message, headers }: Pick<Fault, 'status' | 'message' | 'headers'>): unknown {
  if (status === 401) {
    // In Nova a middleware that all services share checks the token, and it has its own shape.
    return { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } };
  }
  const retryAfter = headers['Retry-After'];
  const overLimit = status === 413 || status === 429;
  return { [NAMES[status] ?? 'computeFault']: { code: status, message, ...(overLimit && retryAfter ? { retryAfter } : {}) } };
}

/** The header that tells a client without a token where to get one. */
export const authenticateHeader = (identityUrl: string): Readonly<Record<string, string>> => ({
  'WWW-Authenticate': `Keystone uri="${identityUrl}"`,
});
