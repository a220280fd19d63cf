import { ProjectShares } from '../../api/pipeline/project-shares.ts';
import { proveAnswer } from '../../db/connect/open.ts';
import { cannotListen, type ListenAdvice } from '../../lib/http/cannot-listen.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../lib/http/http-server.ts';
import { LoopLag } from '../../lib/clock/loop-lag.ts';
import type { Probe } from '../../lib/http/health.ts';
import { memoize } from '../../lib/memo/memoize.ts';
import { type PortName, portOf } from '../nova-config.ts';
import { lackOfSpace, spaceOf } from './disk-space.ts';
import type { Shared } from './shared.ts';

/** Database, queue and disk, which every API needs. */
const probesOf = ({ pool, bus, runtime: { stateDir } }: Shared): readonly Probe[] => [
  { name: 'database', check: () => proveAnswer(pool) },
  { name: 'queue', check: () => bus.reasons().join('; ') || undefined },
  { name: 'disk', check: async () => lackOfSpace(await spaceOf(stateDir)) },
];

/** How to fix a server that cannot listen. */
export const ADVICE: ListenAdvice = {
  portTaken: 'is another cloud running here? NOVA_PORT_OFFSET moves all ports',
  addressMissing: 'NOVA_LISTEN must be an address of this machine',
};

/** Queries that may wait for a database connection; beyond that, new requests are refused because they would only wait as well. */
const MAX_WAITING_QUERIES = 1_000;

/** Overload protection, shared by the APIs of a program: excess work is refused instead of queued. */
export interface Guard {
  readonly shares: ProjectShares;
  readonly isPressed: () => boolean;
}

/** Starts to measure the load of this program; all of its APIs share what is measured. */
export const openGuard = memoize(({ waiting, runtime: { clock, config, life } }: Shared): Guard => {
  const { max_requests_per_project, max_event_loop_lag } = config.api;
  const lag = new LoopLag(clock);
  life.run('the watch on the event loop', lag.watch(life.signal));
  return {
    shares: new ProjectShares(max_requests_per_project),
    isPressed: () => lag.ms > max_event_loop_lag * 1_000 || waiting() > MAX_WAITING_QUERIES,
  };
});

/** Creates the server of an API, lets `mount` add its routes, and listens. */
export async function listen(
  shared: Shared,
  name: PortName,
  mount: (server: HttpServer) => void,
  more: Partial<HttpServerOptions> = {},
): Promise<string> {
  const { runtime } = shared;
  const { log, clock, ids, life, config } = runtime;
  const limits = { inFlight: config.api.max_requests, ...more.limits };
  const isBehindProxy = config.oslo_middleware.enable_proxy_headers_parsing;
  const server = createHttpServer({ log, clock, ids, isBehindProxy, probes: probesOf(shared), ...more, limits });
  mount(server);
  const address = { host: config.api.listen, port: portOf(config, name) };
  const { url } = await server.listen(address).catch((cause: unknown) => {
    throw cannotListen(cause, { name: `the ${name} API`, ...address, advice: ADVICE });
  });
  life.windDown(`the ${name} API`, () => server.close());
  return url;
}
