// What differs between APIs: how they authenticate callers, read bodies, and write answers and faults.
import type { Context } from '../../lib/context/context.ts';
import type { Kind } from '../../lib/errors/kind.ts';
import type { Exchange } from '../../lib/http/exchange.ts';
import type { Fault } from './fault.ts';
import type { Headers } from './headers.ts';

/** The parts of a request that authentication may read. */
export interface Unidentified {
  readonly exchange: Exchange;
  /** The whole body, for signatures that cover it. Must not be called on routes that stream their body. */
  readonly body: () => Promise<Buffer>;
}

/** The caller as of an earlier request with the same credentials, and whether that still holds. */
export interface Recalled {
  readonly found: Context;
  readonly stillHolds: Promise<boolean>;
}

/** Authenticates the caller; throws an `unauthenticated` error on failure. The pipeline sets its own request id. */
export interface Identify {
  (asked: Unidentified): Promise<Context>;
  /** For requests that change nothing: they are answered while it is being found out whether what is recalled still holds. */
  readonly recall?: (asked: Unidentified) => Recalled | undefined;
}

/** An answer on the wire. */
export interface Encoded {
  readonly headers: Headers;
  readonly body?: string | Buffer;
}

/** What is answered: the request, and its action when the body selects one. */
export interface Answered {
  readonly exchange: Exchange;
  readonly action: string | undefined;
}

/** How an API reports errors. */
export interface Faults {
  /** Statuses that override the common ones, e.g. `{ 'over-limit': 413 }`. */
  readonly statuses: Partial<Record<Kind, number>>;
  readonly tell: (fault: Fault, exchange: Exchange) => Encoded;
}

/** The language of one API. */
export interface Face {
  /** Absent when the API needs no authentication. */
  readonly identify?: Identify | undefined;
  /** Decodes a body for the route's schema to check; undefined when it is empty. Throws HttpFault when it cannot be decoded. */
  readonly decode: (body: Buffer, exchange: Exchange) => unknown;
  /** The action that a decoded body asks for, where a path has several. Throws HttpFault when it names none. */
  readonly actionOf: (decoded: unknown) => string;
  /** Encodes an answer; undefined means no body. */
  readonly encode: (value: unknown, answered: Answered) => Encoded;
  /** Passes on an answer that is JSON already; absent in APIs that speak another language. */
  readonly encodeJson?: (json: Buffer) => Encoded;
  readonly faults: Faults;
}
