// Turns a handler's reply into bytes on the wire.
import type { Exchange, HttpAnswer } from '../../lib/http/exchange.ts';
import type { View } from '../../lib/versioning/resource.ts';
import { isByteStream, type ByteStream } from './answer.ts';
import type { Encoded, Face } from './face.ts';
import type { Headers } from './headers.ts';
import type { Reply, Route } from './route.ts';

interface Rendering<Deps> {
  readonly exchange: Exchange;
  readonly face: Face;
  readonly route: Route<Deps>;
  readonly view: View;
  /** The headers of every answer of the site. */
  readonly headers: Headers;
}

/** The answer to a successful request. */
export function rendered<Deps>(reply: Reply<unknown>, { exchange, face, route, view, headers }: Rendering<Deps>): HttpAnswer {
  const status = reply.status ?? route.statusAt(view.at);
  const json = face.encodeJson && route.answers.json?.(reply.value, view);
  if (face.encodeJson && json) return withHeaders(status, face.encodeJson(json), headers, reply);
  const value = route.answers.render(reply.value, view);
  if (isByteStream(value)) return { status, headers: { ...headers, ...streamHeaders(value), ...reply.headers }, body: value.stream };
  return withHeaders(status, face.encode(value, { exchange, action: route.action }), headers, reply);
}

function withHeaders(status: number, encoded: Encoded, headers: Headers, reply: Reply<unknown>): HttpAnswer {
  const all = { ...encoded.headers, ...headers, ...reply.headers };
  return encoded.body === undefined ? { status, headers: all } : { status, headers: all, body: encoded.body };
}

const streamHeaders = ({ contentType, contentLength }: ByteStream): Headers => ({
  'Content-Type': contentType,
  ...(contentLength === undefined ? {} : { 'Content-Length': String(contentLength) }),
});
