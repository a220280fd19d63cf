/** The bus inside one process: the same encoding, limits and guarantees as RabbitMQ, without a broker. Messages are lost when the process ends. */
import type { Clock } from '../../clock/clock.ts';
import type { Ids } from '../../clock/ids.ts';
import type { Log } from '../../log/log.ts';
import { AnswerMemory } from '../answer-memory.ts';
import type { Address, Bus, Parcel, Serving, Subscription } from '../bus.ts';
import { within } from '../../clock/within.ts';
import { DRAIN_MS, HOST_GRACE_MS } from '../limits.ts';
import { MessagingQueueFull, MessagingTimeout, MessagingUnavailable, NoSuchHost } from '../messaging-errors.ts';
import { Running } from '../running.ts';
import { MemoryBroker } from './memory-broker.ts';
import type { Delivery } from './memory-queue.ts';

/** What a memory bus needs. Buses with the same `broker` reach each other, like processes; without one a bus is alone. */
export interface MemoryBusOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly broker?: MemoryBroker;
  readonly hostGraceMs?: number;
}

/** A bus that can also crash. */
export interface MemoryBus extends Bus {
  /** Acts as if the process were killed: its unfinished messages return to the queues. For tests. */
  crash(): void;
}

/** A bus in memory. */
export const memoryBus = (options: MemoryBusOptions): MemoryBus => new InMemory(options);

interface Listening extends Serving {
  crash(): void;
}

class InMemory implements MemoryBus {
  readonly answers: AnswerMemory;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #broker: MemoryBroker;
  readonly #hostGraceMs: number;
  readonly #listening = new Set<Listening>();
  #closed = false;

  constructor(options: MemoryBusOptions) {
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#log = options.log;
    this.#broker = options.broker ?? new MemoryBroker();
    this.#hostGraceMs = options.hostGraceMs ?? HOST_GRACE_MS;
    this.answers = new AnswerMemory(options.clock);
  }

  messageId(): string {
    return this.#ids.uuid();
  }

  async cast(address: Address, parcel: Parcel): Promise<void> {
    this.#mustBeOpen();
    this.#route(address, parcel, () => ({ body: parcel.body, gone: false }));
  }

  async call(address: Address, parcel: Parcel, timeoutMs: number): Promise<string> {
    this.#mustBeOpen();
    const of = { topic: address.topic, message: parcel.name };
    const endMs = this.#clock.monotonicMs() + timeoutMs;
    if (address.to === 'host') {
      const graceMs = Math.min(this.#hostGraceMs, timeoutMs);
      const queue = this.#broker.queue(address.topic, address.host);
      if (!queue.isListened()) await within(this.#clock, graceMs, queue.listened(), () => NoSuchHost(of));
    }
    const { promise, resolve } = Promise.withResolvers<string>();
    const delivery: Delivery = { body: parcel.body, reply: resolve, gone: false };
    this.#route(address, parcel, () => delivery);
    return within(this.#clock, Math.max(0, endMs - this.#clock.monotonicMs()), promise, () => {
      // The caller gave up: if the message is still queued, it need not run.
      delivery.gone = true;
      return MessagingTimeout({ ...of, timeoutMs });
    });
  }

  async consume(subscription: Subscription): Promise<Serving> {
    this.#mustBeOpen();
    const running = new Running();
    const queues = subscription.targets.map((target) => this.#listen(subscription, target, running));
    const leave = () => {
      queues.forEach(({ leave }) => leave());
      this.#listening.delete(serving);
    };
    const serving: Listening = {
      crash: leave,
      close: async () => {
        queues.forEach(({ stop }) => stop());
        const left = await running.drain(this.#clock, DRAIN_MS);
        if (left > 0)
          this.#log.warn(
            { topic: subscription.topic, left },
            'handlers still run after the drain timeout; their messages return to the queue',
          );
        leave();
      },
    };
    this.#listening.add(serving);
    return serving;
  }

  healthy(): boolean {
    return !this.#closed;
  }

  healthyForMs(): number {
    return this.#closed ? 0 : Number.POSITIVE_INFINITY;
  }

  reasons(): readonly string[] {
    return this.#closed ? ['the bus is closed'] : [];
  }

  async close(): Promise<void> {
    // Running handlers may send until they are done.
    await Promise.all([...this.#listening].map((serving) => serving.close()));
    this.#closed = true;
  }

  crash(): void {
    this.#closed = true;
    this.#listening.forEach((serving) => serving.crash());
  }

  #listen({ topic, host, concurrency, answer }: Subscription, target: Subscription['targets'][number], running: Running) {
    const { queue, drop } = this.#broker.listen(topic, target, host);
    const take = (delivery: Delivery): Promise<string> => {
      const answered = answer(delivery.body, target);
      running.track(answered.then(() => undefined));
      return answered;
    };
    const { stop, leave } = queue.attach({ concurrency, take });
    return { stop: () => (drop(), stop()), leave: () => (drop(), leave()) };
  }

  #route(address: Address, parcel: Parcel, delivery: () => Delivery): void {
    if (!this.#broker.route(address, delivery)) throw MessagingQueueFull({ topic: address.topic, message: parcel.name });
  }

  #mustBeOpen(): void {
    if (this.#closed) throw MessagingUnavailable({ reason: 'the bus is closed' });
  }
}
