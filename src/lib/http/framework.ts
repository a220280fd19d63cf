// The one place that knows the framework underneath: how the server is set up, how a request reads as an exchange, how it all ends.
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import type { Exchange } from './exchange.ts';
import { HttpFault, malformedUrl } from './http-fault.ts';
import type { HttpLimits } from './limits.ts';
import { globalRequestIdOf, newRequestId } from './request-id.ts';

/** A bare server: no parsing, no logging; `wordFault` words what the framework refuses before any mount point sees it. */
export function createApp(limits: HttpLimits, wordFault: (fault: HttpFault) => string): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.stalledMs,
    // The framework's own bound never applies: handlers read bodies themselves, within `bodyBytes`.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    http: { maxHeaderSize: limits.headerBytes, headersTimeout: limits.headersMs },
    // What is badly encoded goes to its mount point all the same, which knows how its clients want to be told.
    rewriteUrl: ({ url = '/' }) => readable(url),
    // The framework's types for this reply admit no body; the raw response is the same thing underneath.
    frameworkErrors: (_error, _request, reply) => {
      reply.raw.writeHead(400, { 'Content-Type': 'application/json' }).end(wordFault(malformedUrl()));
    },
  });
  app.server.maxConnections = limits.connections;
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    // For the same reason: to us, what is of no known type is bytes.
    const type = headers['content-type'];
    // Of a QUERY the framework insists on a type.
    if (type === undefined ? request.method === 'QUERY' : !MEDIA_TYPE.test(type)) headers['content-type'] = BYTES;
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    // What a handler left unread would stand in the way of the connection's next request.
    request.raw.resume();
    done();
  });
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  // Reached only when an answer itself cannot be sent, such as one with a header that HTTP forbids.
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

/** A URL whose path can be decoded: where it could not, each percent sign stands for itself. */
function readable(url: string): string {
  const [path = '', ...search] = url.split('?');
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return [path.replaceAll('%', '%25'), ...search].join('?');
  }
}

/** A request as the handler of a mount point sees it. */
export function exchangeOf(request: FastifyRequest, mount: string, ids: Ids): Exchange {
  const [fullPath = '', ...search] = request.raw.url?.split('?') ?? [];
  return {
    method: request.method,
    path: fullPath.slice(mount.length),
    fullPath,
    query: new URLSearchParams(search.join('?')),
    headers: request.headers,
    stream: request.raw,
    requestId: newRequestId(ids),
    globalRequestId: globalRequestIdOf(request.headers['x-openstack-request-id']),
    origin: `${request.protocol}://${request.headers.host ?? 'localhost'}`,
    remoteAddress: request.ip,
  };
}

/** How often a closing server looks for connections that have fallen idle. */
const LOOK_MS = 20;

/** Stops listening, waits for running requests, cuts what is left after the grace time. */
export async function closeApp(app: FastifyInstance, { graceMs }: HttpLimits, clock: Clock): Promise<void> {
  const over = new AbortController();
  const cutAtMs = clock.monotonicMs() + graceMs;
  const closed = app.close().finally(() => over.abort());
  while (!over.signal.aborted) {
    // Whoever keeps a connection for later has no part in this: only requests that run are waited for.
    if (clock.monotonicMs() < cutAtMs) app.server.closeIdleConnections();
    else app.server.closeAllConnections();
    await clock.sleep(LOOK_MS, over.signal).catch(() => undefined);
  }
  await closed;
}
