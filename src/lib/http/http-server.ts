// One HTTP server: mount points, request ids, overload, health and graceful shutdown. It knows nothing of Nova or its error format.
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import type { Log } from '../log/log.ts';
import { ArrivingBodies } from './arriving-bodies.ts';
import type { Exchange, HttpAnswer, HttpHandler } from './exchange.ts';
import { closeApp, createApp, exchangeOf } from './framework.ts';
import { HttpFault, notFound } from './http-fault.ts';
import { checkHealth, HEALTH, type Probe } from './health.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';

/** A finished request, for logs and metrics. */
export interface Observation {
  readonly method: string;
  /** The path as received; too high in cardinality for a metric's label. */
  readonly path: string;
  readonly mount: string;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string;
  /** Refused unread because the server was overloaded. */
  readonly turnedAway: boolean;
}

export interface HttpServerOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits?: Partial<HttpLimits>;
  /** The dependencies that must work for `/healthcheck` to answer 200. */
  readonly probes?: readonly Probe[];
  /** The body of a fault that no mount point answers: nothing mounted there, overload, a broken handler. */
  readonly faultBody?: (fault: HttpFault) => unknown;
  readonly observe?: (observation: Observation) => void;
  /** Whether every request comes through a proxy, whose headers say how the client connected; otherwise they are ignored. */
  readonly isBehindProxy?: boolean;
  /** Whether to refuse requests now, even below the in-flight limit. */
  readonly isPressed?: () => boolean;
}

/** Makes the answer to a request that is refused unread. */
export type Refuse = (fault: HttpFault, exchange: Exchange) => HttpAnswer;

export interface HttpServer {
  readonly limits: HttpLimits;
  /** Routes everything at and below a path (`/v2.1`; `''` for the rest) to a handler. Longer paths win. `refuse` words the refusals. */
  mount(path: string, handler: HttpHandler, refuse?: Refuse): void;
  /** Port 0 picks a free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly url: string; readonly port: number }>;
  /** Refuses new requests at once, lets running ones finish within `graceMs`, then cuts them. */
  close(): Promise<void>;
}

/** Makes a server; nothing listens before `listen`. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits = { ...defaultLimits, ...options.limits };
  const app = createApp(limits, (fault) => JSON.stringify((options.faultBody ?? plainFault)(fault)));
  const load = { running: 0, arriving: new ArrivingBodies(limits, options.clock) };
  const mounted: Mount[] = [];

  const mount = (path: string, handler: HttpHandler, refuse?: Refuse): void => {
    const here: Mount = { path, handler, refuse: refuse ?? ((fault, exchange) => faultAnswer(fault, exchange, options)) };
    mounted.push(here);
    const serve = (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, { ...here, options, limits, load });
    // Handlers answer HEAD themselves: the framework must not derive it from GET.
    for (const url of path === '' ? ['/*'] : [path, `${path}/*`]) app.all(url, { exposeHeadRoute: false }, serve);
  };

  mount(HEALTH, () => checkHealth(options.probes ?? [], options.clock));
  // Methods that the framework does not know come here too; the mounted handler words their refusal.
  app.setNotFoundHandler((request, reply) =>
    answer(request, reply, { ...(mountAt(request.url, mounted) ?? nowhere(options)), options, limits, load }),
  );
  return {
    limits,
    mount,
    listen: async ({ host, port }) => {
      const url = await app.listen({ host, port });
      return { url, port: (app.server.address() as AddressInfo).port }; // Seam: a TCP server has a TCP address.
    },
    close: () => closeApp(app, limits, options.clock),
  };
}

interface Mount {
  readonly path: string;
  readonly handler: HttpHandler;
  readonly refuse: Refuse;
}

const nowhere = (options: HttpServerOptions): Mount => ({
  path: '',
  handler: () => Promise.reject(notFound()),
  refuse: (fault, exchange) => faultAnswer(fault, exchange, options),
});

/** The mount point of a URL: the longest mounted path that it begins with. */
function mountAt(url: string, mounted: readonly Mount[]): Mount | undefined {
  const fullPath = url.split('?')[0] ?? '';
  const found = mounted.filter(({ path }) => fullPath === path || fullPath.startsWith(`${path}/`));
  return found.toSorted((a, b) => b.path.length - a.path.length)[0];
}

interface Mounted extends Mount {
  readonly options: HttpServerOptions;
  readonly limits: HttpLimits;
  readonly load: { running: number; readonly arriving: ArrivingBodies };
}

async function answer(request: FastifyRequest, reply: FastifyReply, mounted: Mounted): Promise<FastifyReply> {
  const { options, load, path } = mounted;
  const bare = exchangeOf(request, path, options);
  const exchange: Exchange = { ...bare, body: (maxBytes) => arrived(bare, maxBytes, mounted) };
  const startMs = options.clock.monotonicMs();
  load.running += 1;
  try {
    const turnedAway = isOverloaded(mounted);
    const found = turnedAway ? mounted.refuse(overloaded(mounted.limits), exchange) : await answerOf(exchange, mounted);
    reply.code(found.status).headers(writable(found.headers));
    const { requestId, method, fullPath } = exchange;
    options.observe?.({
      method,
      path: fullPath,
      mount: path,
      status: found.status,
      durationMs: options.clock.monotonicMs() - startMs,
      requestId,
      turnedAway,
    });
    // Sent as bytes: the framework would add a charset to the content type of a string.
    return reply.send(typeof found.body === 'object' ? found.body : Buffer.from(found.body ?? ''));
  } finally {
    whenSent(reply.raw, () => {
      load.running -= 1;
    });
  }
}

/** A request is not in flight while its body arrives: nobody may keep others out by sending nothing. */
async function arrived({ stream, remoteAddress: address }: Omit<Exchange, 'body'>, maxBytes: number, mounted: Mounted): Promise<Buffer> {
  const { load } = mounted;
  load.running -= 1;
  const bytes = await load.arriving.read({ stream, address, maxBytes }).finally(() => {
    load.running += 1;
  });
  if (isOverloaded(mounted)) throw overloaded(mounted.limits);
  return bytes;
}

/** An answer counts as in flight until it is sent: a slow client keeps it in our memory. */
function whenSent(response: ServerResponse, done: () => void): void {
  if (response.closed || response.destroyed) done();
  else response.once('close', done);
}

/** Health checks are never refused: they matter most under overload. */
const isOverloaded = ({ path, load, limits, options }: Mounted): boolean =>
  path !== HEALTH && (load.running > limits.inFlight || (options.isPressed?.() ?? false));

async function answerOf(exchange: Exchange, { handler, options }: Mounted): Promise<HttpAnswer> {
  try {
    return await handler(exchange);
  } catch (error) {
    if (!(error instanceof HttpFault)) options.log.error({ err: error, requestId: exchange.requestId }, 'a handler broke');
    return faultAnswer(error instanceof HttpFault ? error : new HttpFault(500, 'Internal Server Error'), exchange, options);
  }
}

const overloaded = ({ retryAfterS }: HttpLimits): HttpFault =>
  new HttpFault(503, 'The service is busy; try again shortly.', { 'Retry-After': String(retryAfterS) });

const faultAnswer = (fault: HttpFault, { requestId }: Exchange, { faultBody = plainFault }: HttpServerOptions): HttpAnswer => ({
  status: fault.status,
  headers: { ...fault.headers, 'Content-Type': 'application/json', 'x-openstack-request-id': requestId },
  body: JSON.stringify(faultBody(fault)),
});

const plainFault = ({ status, message }: HttpFault): unknown => ({ error: { code: status, message } });

const writable = (headers: HttpAnswer['headers']): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]));
