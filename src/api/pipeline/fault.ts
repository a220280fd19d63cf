// Maps a thrown value to a status and a public message: the one table that all HTTP edges share.
import { NovaError } from '../../lib/errors/error-type.ts';
import type { Kind } from '../../lib/errors/kind.ts';
import { isOutage } from '../../lib/errors/outage.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';

/** Each kind's status. An exceeded quota is 403 as in Nova; other services may override it. */
export const statusOf: Readonly<Record<Kind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  outdated: 412,
  'over-limit': 403,
  unavailable: 503,
  'not-implemented': 501,
  internal: 500,
};

/** What a client is told about a failure. */
export interface Fault {
  readonly status: number;
  /** The error's declared name; undefined for plain HTTP faults and unexpected errors. */
  readonly code: string | undefined;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An unexpected error: logged with its stack, its details hidden from the client. */
  readonly unexpected: boolean;
}

/** An outage is usually short: clients are told to retry, in seconds. */
const retrySoon = { 'Retry-After': '5' };

const OUTAGE = 'Something that the service needs is not available just now. Please try again shortly.';

/** The fault for a thrown value; an internal error quotes `requestId` so that the client can report it. */
export function faultOf(error: unknown, requestId: string, statuses: Partial<Record<Kind, number>> = {}): Fault {
  if (error instanceof HttpFault)
    return { status: error.status, code: undefined, message: error.message, headers: error.headers, unexpected: false };
  if (error instanceof NovaError && error.kind !== 'internal') {
    const { code, kind, message } = error;
    return { status: statuses[kind] ?? statusOf[kind], code, message, headers: kind === 'unavailable' ? retrySoon : {}, unexpected: false };
  }
  if (isOutage(error)) return { status: 503, code: undefined, message: OUTAGE, headers: retrySoon, unexpected: false };
  const message = `An unexpected error occurred on the server. Please report it, quoting ${requestId}.`;
  return { status: 500, code: undefined, message, headers: {}, unexpected: true };
}
