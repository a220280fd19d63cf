// From what a handler returned to bytes on the wire.
import type { HttpAnswer } from '../../lib/http/exchange.ts';
import type { View } from '../../lib/versioning/resource.ts';
import { isByteStream, type ByteStream } from './answer.ts';
import type { Reply, Route } from './route.ts';
import type { Headers } from './headers.ts';

/** The answer to a request that went well. */
export function rendered<Deps>(reply: Reply<unknown>, route: Route<Deps>, view: View, headers: Headers): HttpAnswer {
  const status = reply.status ?? route.statusAt(view.at);
  const body = route.answers.render(reply.value, view);
  if (isByteStream(body)) return { status, headers: { ...headers, ...streamHeaders(body), ...reply.headers }, body: body.stream };
  // Answers without a body carry the type too: that is how this API has always answered, and clients look at it first.
  const all = { 'Content-Type': 'application/json', ...headers, ...reply.headers };
  return body === undefined ? { status, headers: all } : { status, headers: all, body: JSON.stringify(body) };
}

const streamHeaders = ({ contentType, contentLength }: ByteStream): Headers => ({
  'Content-Type': contentType,
  ...(contentLength === undefined ? {} : { 'Content-Length': String(contentLength) }),
});
