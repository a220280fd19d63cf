/** The bus between processes: RabbitMQ, with recovery, confirms and acknowledgements. */
import type { Clock } from '../../clock/clock.ts';
import type { Ids } from '../../clock/ids.ts';
import type { Log } from '../../log/log.ts';
import { AnswerMemory } from '../answer-memory.ts';
import type { Address, Bus, Parcel, Serving, Subscription } from '../bus.ts';
import { DRAIN_MS, MAX_QUEUED } from '../limits.ts';
import { MessagingUnavailable } from '../messaging-errors.ts';
import { Declarer } from './declarer.ts';
import { Link } from './link.ts';
import { Listener } from './listener.ts';
import { Sender } from './sender.ts';
import type { QueueOptions, QueueType } from './topology.ts';

/** What a RabbitMQ bus needs; `connectTimeoutMs` limits the wait for a broker that is not up yet, `signal` aborts it. */
export interface RabbitmqBusOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly connectTimeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly hostGraceMs?: number;
  readonly queueType?: QueueType;
  readonly maxQueued?: number;
}

/** A bus that can also crash. */
export interface RabbitmqBus extends Bus {
  /** Acts as if the process were killed: the connection drops, and what was in progress is lost. For tests. */
  crash(): Promise<void>;
}

/** Connects a bus; rejects with MessagingUnavailable when the broker stays down too long. */
export async function rabbitmqBus(options: RabbitmqBusOptions): Promise<RabbitmqBus> {
  const bus = new OverRabbitmq(options);
  await bus.open();
  return bus;
}

class OverRabbitmq implements RabbitmqBus {
  readonly answers: AnswerMemory;
  readonly #options: RabbitmqBusOptions & { queues: QueueOptions };
  readonly #link: Link;
  readonly #sender: Sender;
  readonly #listeners = new Set<Listener>();
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(options: RabbitmqBusOptions) {
    this.#options = { ...options, queues: { queueType: options.queueType ?? 'classic', maxQueued: options.maxQueued ?? MAX_QUEUED } };
    this.answers = new AnswerMemory(options.clock);
    this.#link = new Link(options);
    this.#sender = new Sender(this.#link, new Declarer(this.#link, this.#options), options);
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  messageId(): string {
    return this.#options.ids.uuid();
  }

  async cast(address: Address, parcel: Parcel): Promise<void> {
    this.#mustBeOpen();
    await this.#sender.cast(address, parcel);
  }

  async call(address: Address, parcel: Parcel, timeoutMs: number): Promise<string> {
    this.#mustBeOpen();
    return this.#sender.call(address, parcel, timeoutMs);
  }

  async consume(subscription: Subscription): Promise<Serving> {
    this.#mustBeOpen();
    const listener = new Listener(this.#link, subscription, { ...this.#options, id: this.messageId() });
    this.#listeners.add(listener);
    await listener.open();
    return {
      close: async () => {
        this.#listeners.delete(listener);
        await listener.close();
      },
    };
  }

  healthy(): boolean {
    return this.reasons().length === 0;
  }

  healthyForMs(): number {
    return this.#link.usableForMs();
  }

  reasons(): readonly string[] {
    return this.#link.reasons();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  crash(): Promise<void> {
    this.#closed = true;
    this.#closing = this.#link.cut();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Running handlers may send until they are done.
    await Promise.all([...this.#listeners].map((listener) => listener.close()));
    this.#closed = true;
    await this.#sender.close(DRAIN_MS);
    await this.#link.close();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw MessagingUnavailable({ reason: 'the bus is closed' });
  }
}
