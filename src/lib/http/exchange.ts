// One request and its answer as plain values, independent of the HTTP framework.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** A request with its body still unread: whole by `body`, or as it comes from `stream`. */
export interface Exchange {
  readonly method: string;
  /** The path below the mount point, still percent-encoded, starting with a slash or empty. */
  readonly path: string;
  /** The whole path as the client sent it, without the query. */
  readonly fullPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly stream: Readable;
  /** Reads the whole body; refuses more than `maxBytes`, and one that takes too long. */
  readonly body: (maxBytes: number) => Promise<Buffer>;
  /** Our id, `req-<uuid>`, in every log line and answer. */
  readonly requestId: string;
  /** The caller's, if it sent a well-formed one. */
  readonly globalRequestId: string | undefined;
  /** Scheme, host and port by which the client reached us: `http://host:8774`. */
  readonly origin: string;
  readonly remoteAddress: string;
}

/** The answer: its body is text, bytes, a stream, or absent. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | Readable;
}

/** Answers every exchange; anything it throws becomes a bare 500. */
export type HttpHandler = (exchange: Exchange) => Promise<HttpAnswer>;

/** One header's value; repeated headers are joined by commas. */
export const headerOf = ({ headers }: Pick<Exchange, 'headers'>, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};
