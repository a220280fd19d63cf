/** The bus that a transport URL names. */
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import type { Log } from '../log/log.ts';
import type { Bus } from './bus.ts';
import { memoryBus } from './memory/memory-bus.ts';
import { MessagingUnavailable } from './messaging-errors.ts';

/** What every bus needs. */
export interface BusDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Aborts the wait for a broker that is not up yet. */
  readonly signal?: AbortSignal;
}

/** `memory://` gives a bus within this process (each call a new, separate one); `amqp://` and `amqps://` one over RabbitMQ. */
export async function busFor(url: string, deps: BusDeps): Promise<Bus> {
  const scheme = url.slice(0, Math.max(0, url.indexOf('://')));
  if (scheme === 'memory') return memoryBus(deps);
  if (scheme !== 'amqp' && scheme !== 'amqps') {
    throw MessagingUnavailable({
      reason: `a transport URL begins with memory://, amqp:// or amqps://, not with ${scheme || 'something else'}`,
    });
  }
  // Imported lazily: the embedded cloud starts without it.
  const { rabbitmqBus } = await import('./rabbitmq/rabbitmq-bus.ts');
  return rabbitmqBus({ url, ...deps });
}
