import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../lib/http/http-server.ts';
import type { Probe } from '../../lib/http/health.ts';
import { type PortName, portOf } from '../nova-config.ts';
import type { Shared } from './shared.ts';

/** Database and queue: what no API can do without. */
const probesOf = ({ pool, bus }: Shared): readonly Probe[] => [
  { name: 'database', check: async () => void (await pool.query('SELECT 1')) },
  { name: 'queue', check: () => bus.reasons().join('; ') || undefined },
];

/** Makes the server of an API, lets `mount` furnish it, and listens. */
export async function listen(
  shared: Shared,
  name: PortName,
  mount: (server: HttpServer) => void,
  more: Partial<HttpServerOptions> = {},
): Promise<string> {
  const { runtime } = shared;
  const { log, clock, ids, life, config } = runtime;
  const server = createHttpServer({ log, clock, ids, probes: probesOf(shared), ...more });
  mount(server);
  const { url } = await server.listen({ host: config.api.listen, port: portOf(config, name) });
  life.hold(`the ${name} API`, server, (open) => open.close());
  return url;
}
