// The only file that knows the HTTP framework: sets up the server, turns requests into exchanges, shuts down.
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import { forwarded } from './forwarded.ts';
import type { Exchange } from './exchange.ts';
import { boundByAddress } from './connections-by-address.ts';
import { HttpFault, malformedUrl } from './http-fault.ts';
import type { HttpLimits } from './limits.ts';
import { globalRequestIdOf, newRequestId } from './request-id.ts';

/** A bare server without parsing or logging; `wordFault` words the refusals of the framework itself. */
export function createApp(limits: HttpLimits, wordFault: (fault: HttpFault) => string): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.stalledMs,
    // Disables the framework's limit: handlers read bodies themselves, within `bodyBytes`.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    http: { maxHeaderSize: limits.headerBytes, headersTimeout: limits.headersMs },
    // A badly encoded path still reaches its mount point, which words the error for its clients.
    rewriteUrl: ({ url = '/' }) => readable(url),
    // The framework's types allow no body on this reply, so write to the raw response.
    frameworkErrors: (_error, _request, reply) => {
      reply.raw.writeHead(400, { 'Content-Type': 'application/json' }).end(wordFault(malformedUrl()));
    },
  });
  app.server.maxConnections = limits.connections;
  boundByAddress(app.server, limits.connectionsPerAddress);
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    // For the same reason, a body of unknown type is passed on as bytes.
    const type = headers['content-type'];
    // The framework requires a content type on QUERY.
    if (type === undefined ? request.method === 'QUERY' : !MEDIA_TYPE.test(type)) headers['content-type'] = BYTES;
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    // An unread body would block the connection's next request.
    request.raw.resume();
    done();
  });
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  // Reached only when an answer cannot be sent, for example because of an invalid header.
  app.setErrorHandler((_error, _request, reply) =>
    reply
      .code(500)
      .header('Content-Type', 'application/json')
      .send(Buffer.from(wordFault(new HttpFault(500, 'Internal Server Error')))),
  );
  return app;
}

/** A type and a subtype, as HTTP writes them; the framework refuses anything else. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;
const BYTES = 'application/octet-stream';

/** Makes the URL's path decodable: if it is not, escapes its percent signs. */
function readable(url: string): string {
  const [path = '', ...search] = url.split('?');
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return [path.replaceAll('%', '%25'), ...search].join('?');
  }
}

interface ExchangeOptions {
  readonly ids: Ids;
  /** Whether a proxy in front of the server says how the client connected. */
  readonly isBehindProxy?: boolean | undefined;
}

/** Turns a framework request into an exchange. */
export function exchangeOf(
  request: FastifyRequest,
  mount: string,
  { ids, isBehindProxy = false }: ExchangeOptions,
): Omit<Exchange, 'body'> {
  const [fullPath = '', ...search] = request.raw.url?.split('?') ?? [];
  const direct = { scheme: request.protocol, host: request.headers.host ?? 'localhost', prefix: '', remoteAddress: request.ip };
  const { scheme, host, prefix, remoteAddress } = isBehindProxy ? forwarded(request.headers, direct) : direct;
  return {
    method: request.method,
    path: fullPath.slice(mount.length),
    fullPath,
    query: new URLSearchParams(search.join('?')),
    headers: request.headers,
    stream: request.raw,
    requestId: newRequestId(ids),
    globalRequestId: globalRequestIdOf(request.headers['x-openstack-request-id']),
    origin: `${scheme}://${host}${prefix}`,
    remoteAddress,
  };
}

/** How often a closing server closes connections that have become idle. */
const LOOK_MS = 20;

/** Stops listening, waits for running requests, and closes the rest after the grace period. */
export async function closeApp(app: FastifyInstance, { graceMs }: HttpLimits, clock: Clock): Promise<void> {
  const over = new AbortController();
  const cutAtMs = clock.monotonicMs() + graceMs;
  const closed = app.close().finally(() => over.abort());
  while (!over.signal.aborted) {
    // Closes keep-alive connections: only running requests are waited for.
    if (clock.monotonicMs() < cutAtMs) app.server.closeIdleConnections();
    else app.server.closeAllConnections();
    await clock.sleep(LOOK_MS, over.signal).catch(() => undefined);
  }
  await closed;
}
