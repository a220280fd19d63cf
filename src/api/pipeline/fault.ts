// From whatever was thrown to a status and a public sentence: the one table that edges speaking HTTP share.
import { NovaError } from '../../lib/errors/error-type.ts';
import type { Kind } from '../../lib/errors/kind.ts';
import { isOutage } from '../../lib/errors/outage.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';

/** Each kind's status. A quota that is full is 403, as the compute API has always said it; other services may differ. */
export const statusOf: Readonly<Record<Kind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'over-limit': 403,
  unavailable: 503,
  'not-implemented': 501,
  internal: 500,
};

/** What a client is told about a failure. */
export interface Fault {
  readonly status: number;
  /** The error's declared name; undefined where only HTTP or nobody has a name for it. */
  readonly code: string | undefined;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Nobody foresaw it: to be logged with its stack, and not to be explained to the client. */
  readonly unforeseen: boolean;
}

/** What is away is waited for; clients that know how to wait are told to, in seconds. */
const retrySoon = { 'Retry-After': '5' };

const OUTAGE = 'The service cannot reach something that it needs just now. Please try again shortly.';

/** The fault in a thrown value; `requestId` is what a client can quote about an internal one. */
export function faultOf(error: unknown, requestId: string, statuses: Partial<Record<Kind, number>> = {}): Fault {
  if (error instanceof HttpFault)
    return { status: error.status, code: undefined, message: error.message, headers: error.headers, unforeseen: false };
  if (error instanceof NovaError && error.kind !== 'internal') {
    const { code, kind, message } = error;
    return { status: statuses[kind] ?? statusOf[kind], code, message, headers: kind === 'unavailable' ? retrySoon : {}, unforeseen: false };
  }
  if (isOutage(error)) return { status: 503, code: undefined, message: OUTAGE, headers: retrySoon, unforeseen: false };
  const message = `The server failed in a way that nobody foresaw. Please report it, quoting ${requestId}.`;
  return { status: 500, code: undefined, message, headers: {}, unforeseen: true };
}
