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

/** What is wrong with the form of a transport URL, as the end of a sentence "the transport URL ..."; undefined when nothing is. */
export function transportUrlProblem(url: string): string | undefined {
  if (url.startsWith('memory://')) return undefined;
  if (!/^amqps?:\/\//.test(url)) return 'does not begin with memory://, amqp:// or amqps://';
  return URL.canParse(url) ? undefined : 'is malformed; it looks like amqp://user:password@host:5672/vhost';
}

/** `memory://` gives a bus within this process (each call a new, separate one); `amqp://` and `amqps://` one over RabbitMQ. */
export async function busFor(url: string, deps: BusDeps): Promise<Bus> {
  const problem = transportUrlProblem(url);
  if (problem !== undefined) throw MessagingUnavailable({ reason: `the transport URL ${problem}` });
  if (url.startsWith('memory://')) return memoryBus(deps);
  // Imported lazily: the embedded cloud starts without it.
  const { rabbitmqBus } = await import('./rabbitmq/rabbitmq-bus.ts');
  return rabbitmqBus({ url, ...deps });
}
