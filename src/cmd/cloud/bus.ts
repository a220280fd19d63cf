import { errorType } from '../../lib/errors/error-type.ts';
import { busFor } from '../../lib/rpc/bus-for.ts';
import type { Bus } from '../../lib/rpc/bus.ts';
import type { Runtime } from './runtime.ts';

const QueueNeeded = errorType(
  'QueueNeeded',
  'invalid',
  (p: { service: string }) =>
    `${p.service} runs apart from the other services and needs a queue to reach them: set NOVA_TRANSPORT_URL=amqp://user:password@host:port/ (or run "nova-ts all")`,
);

/** Refuses a service that runs apart, but has only a queue within its process. */
export function proveQueue({ config, service }: Pick<Runtime, 'config' | 'service'>): void {
  if (service !== 'all' && config.DEFAULT.transport_url.startsWith('memory:')) throw QueueNeeded({ service: `nova-ts ${service}` });
}

/** The queue of this program; a single service needs one that reaches other processes. */
export async function openBus(runtime: Runtime): Promise<Bus> {
  const { config, clock, ids, log, life } = runtime;
  const url = config.DEFAULT.transport_url;
  proveQueue(runtime);
  return life.hold('the queue', await busFor(url, { clock, ids, log, signal: life.signal }), (bus) => bus.close());
}
