// What the pipeline does not know by itself: how an API finds out who asks, reads bodies, and writes answers and faults.
import type { Context } from '../../lib/context/context.ts';
import type { Kind } from '../../lib/errors/kind.ts';
import type { Exchange } from '../../lib/http/exchange.ts';
import type { Fault } from './fault.ts';
import type { Headers } from './headers.ts';

/** A request as far as one must look at it to know who asks. */
export interface Unidentified {
  readonly exchange: Exchange;
  /** The whole body, for signatures that cover it; not to be asked for on routes that stream theirs. */
  readonly body: () => Promise<Buffer>;
}

/** Finds out who asks; throws an `unauthenticated` error for a stranger. The pipeline puts in its own request id. */
export type Identify = (asked: Unidentified) => Promise<Context>;

/** An answer on the wire. */
export interface Encoded {
  readonly headers: Headers;
  readonly body?: string;
}

/** What an answer answers: the request, and which of the actions at its place, if they are told apart by the body. */
export interface Answered {
  readonly exchange: Exchange;
  readonly action: string | undefined;
}

/** How an API tells what went wrong. */
export interface Faults {
  /** Statuses in which it differs from others, e.g. `{ 'over-limit': 413 }`. */
  readonly statuses: Partial<Record<Kind, number>>;
  readonly tell: (fault: Fault, exchange: Exchange) => Encoded;
}

/** The language of one API. */
export interface Face {
  /** Absent: nothing here asks who one is. */
  readonly identify?: Identify | undefined;
  /** The value that a body says, for routes to check by their schemas; undefined when it says nothing. Throws HttpFault for gibberish. */
  readonly decode: (body: Buffer, exchange: Exchange) => unknown;
  /** Which action a decoded body asks for, at places that have several. Throws HttpFault when it asks for none. */
  readonly actionOf: (decoded: unknown) => string;
  /** Writes the value of an answer; undefined is an answer without a body. */
  readonly encode: (value: unknown, answered: Answered) => Encoded;
  readonly faults: Faults;
}
