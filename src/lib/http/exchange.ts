// One request and its answer as plain values: what the services see of HTTP, whichever server carries it.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** A request as it came in; the body is still unread. */
export interface Exchange {
  readonly method: string;
  /** The path below the mount point, still percent-encoded, starting with a slash or empty. */
  readonly path: string;
  /** The whole path as the client sent it, without the query. */
  readonly fullPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The unread body. */
  readonly stream: Readable;
  /** Ours, `req-<uuid>`: names this request in every log and answer. */
  readonly requestId: string;
  /** The caller's, if it sent a well-formed one. */
  readonly globalRequestId: string | undefined;
  /** Scheme, host and port under which the client found us: `http://host:8774`. */
  readonly origin: string;
  readonly remoteAddress: string;
}

/** What goes back: a body of text, bytes or a stream, or none. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | Readable;
}

/** Answers every exchange; whatever it throws becomes a bare 500. */
export type HttpHandler = (exchange: Exchange) => Promise<HttpAnswer>;

/** One header's value; a repeated one joined by commas. */
export const headerOf = ({ headers }: Pick<Exchange, 'headers'>, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};
