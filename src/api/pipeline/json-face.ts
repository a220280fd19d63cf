// The language of OpenStack's APIs: JSON in and out, tokens in a header, actions named by the single key of their body.
import type { Kind } from '../../lib/errors/kind.ts';
import { headerOf } from '../../lib/http/exchange.ts';
import type { HttpFault } from '../../lib/http/http-fault.ts';
import { malformedBody, parseJson } from '../../lib/http/json-body.ts';
import type { Face } from './face.ts';
import type { Fault } from './fault.ts';
import type { Headers } from './headers.ts';
import { type Authenticate, byToken } from './token.ts';

/** What differs between OpenStack APIs. */
export interface JsonDialect {
  /** Left out when the API needs no token. */
  readonly authenticate?: Authenticate | undefined;
  /** The maximum nesting depth of a body. */
  readonly depth: number;
  readonly mediaTypes: RegExp;
  readonly wrongMediaType: () => HttpFault;
  readonly statuses?: Partial<Record<Kind, number>> | undefined;
  readonly faultBody: (fault: Fault) => unknown;
  readonly faultHeaders: (fault: Fault) => Headers;
}

// Answers without a body carry the type too, as in OpenStack; clients check it first.
const headers = { 'Content-Type': 'application/json' };

/** The face of an OpenStack API. */
export const jsonFace = ({ authenticate, depth, mediaTypes, wrongMediaType, statuses = {}, ...faults }: JsonDialect): Face => ({
  identify: authenticate && byToken(authenticate),
  decode: (body, exchange) => {
    const mediaType = headerOf(exchange, 'content-type')?.split(';')[0]?.trim().toLowerCase();
    if (body.length > 0 && mediaType && !mediaTypes.test(mediaType)) throw wrongMediaType();
    return parseJson(body.toString('utf8'), depth);
  },
  actionOf: (decoded) => {
    if (typeof decoded !== 'object' || decoded === null || Array.isArray(decoded)) throw malformedBody();
    const [key, ...others] = Object.keys(decoded);
    if (key === undefined || others.length > 0) throw malformedBody();
    return key;
  },
  encodeJson: (json) => ({ headers, body: json }),
  encode: (value) => (value === undefined ? { headers } : { headers, body: JSON.stringify(value) }),
  faults: {
    statuses,
    tell: (fault) => ({ headers: faults.faultHeaders(fault), body: JSON.stringify(faults.faultBody(fault)) }),
  },
});
