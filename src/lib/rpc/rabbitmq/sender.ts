/** Publishes with confirms: retries casts until the broker confirms them, matches calls with their answers, all over one channel. */
import type { ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import type { Clock } from '../../clock/clock.ts';
import type { Address, Parcel } from '../bus.ts';
import { within } from '../../clock/within.ts';
import { CAST_TIMEOUT_MS, MAX_OUTSTANDING, HOST_GRACE_MS } from '../limits.ts';
import { MessagingQueueFull, MessagingTimeout, MessagingUnavailable } from '../messaging-errors.ts';
import { Running } from '../running.ts';
import type { Declarer } from './declarer.ts';
import type { KeptChannel } from './kept-channel.ts';
import type { Link } from './link.ts';
import { routeTo } from './topology.ts';

/** RabbitMQ's direct reply-to: answers come over the caller's channel, without a queue. */
const REPLY_TO = 'amq.rabbitmq.reply-to';
/** How long to wait before resending a cast. */
const RESEND_PAUSE_MS = 50;

/** The outcome of a published message; `lost` means that it is unknown. */
type Outcome = 'accepted' | 'unroutable' | 'refused' | 'lost';

interface Waiting {
  resolve(text: string): void;
  reject(error: Error): void;
  readonly lost: () => Error;
}

export class Sender {
  readonly #clock: Clock;
  readonly #declarer: Declarer;
  readonly #kept: KeptChannel;
  readonly #waiting = new Map<string, Waiting>();
  readonly #returned = new Set<string>();
  readonly #hostGraceMs: number;
  readonly #running = new Running();
  #closed = false;

  constructor(link: Link, declarer: Declarer, options: { clock: Clock; hostGraceMs?: number }) {
    this.#clock = options.clock;
    this.#hostGraceMs = options.hostGraceMs ?? HOST_GRACE_MS;
    this.#declarer = declarer;
    this.#kept = link.keep({ name: 'send', furnish: (channel) => this.#furnish(channel), lost: () => this.#failWaiting() });
  }

  /** Resends over reconnects until the broker confirms, always under the same message id. */
  async cast(address: Address, parcel: Parcel): Promise<void> {
    await this.#counted(address, parcel, async () => {
      const late = this.#late(address, parcel, CAST_TIMEOUT_MS);
      const endMs = this.#clock.monotonicMs() + CAST_TIMEOUT_MS;
      const leftMs = () => Math.max(0, endMs - this.#clock.monotonicMs());
      for (let outcome: Outcome = 'lost'; outcome !== 'accepted'; ) {
        if (this.#closed) throw MessagingUnavailable({ reason: 'the bus was closed before the broker had the message' });
        if (leftMs() === 0) throw late();
        const channel = await this.#kept.ready(leftMs(), late);
        // A message to a host that never started waits in the queue that the host will consume.
        if (address.to === 'all' || outcome === 'unroutable') await this.#declarer.declare(address, leftMs(), late);
        outcome = await within(this.#clock, leftMs(), this.#publish(channel, address, parcel, { persistent: true }), late);
        if (outcome === 'refused') throw full(address, parcel);
        // A closing channel refuses at once: without a pause this would spin until its 'close' event.
        if (outcome === 'lost') await this.#clock.sleep(RESEND_PAUSE_MS);
      }
    });
  }

  /** Waits at most `ms` for outstanding messages; the rest fail. */
  async close(ms: number): Promise<void> {
    await this.#running.drain(this.#clock, ms);
    this.#closed = true;
  }

  /** Sends once and waits for the answer; fails when the connection is lost meanwhile. */
  async call(address: Address, parcel: Parcel, timeoutMs: number): Promise<string> {
    return this.#counted(address, parcel, async () => {
      const late = this.#late(address, parcel, timeoutMs);
      const endMs = this.#clock.monotonicMs() + timeoutMs;
      if (address.to === 'host') await this.#declarer.someoneAt(address, parcel.name, Math.min(this.#hostGraceMs, timeoutMs));
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      this.#waiting.set(parcel.id, { resolve, reject, lost: () => late(new Error('the connection to the broker was lost')) });
      const leftMs = Math.max(1, endMs - this.#clock.monotonicMs());
      // The broker drops the request once the caller's timeout has passed.
      const properties = { replyTo: REPLY_TO, correlationId: parcel.id, expiration: String(Math.ceil(leftMs)) };
      this.#sendCall(address, parcel, properties, { timeoutMs: leftMs, late }).catch(reject);
      try {
        return await within(this.#clock, leftMs, promise, late);
      } finally {
        this.#waiting.delete(parcel.id);
      }
    });
  }

  async #sendCall(address: Address, parcel: Parcel, properties: Options.Publish, due: { timeoutMs: number; late: Late }): Promise<void> {
    const channel = await this.#kept.ready(due.timeoutMs, due.late);
    let outcome = await this.#publish(channel, address, parcel, properties);
    if (outcome === 'unroutable') {
      await this.#declarer.declare(address, due.timeoutMs, due.late);
      outcome = await this.#publish(channel, address, parcel, properties);
    }
    if (outcome === 'refused') throw full(address, parcel);
    if (outcome !== 'accepted') throw due.late();
  }

  async #publish(channel: ConfirmChannel, address: Address, parcel: Parcel, properties: Options.Publish): Promise<Outcome> {
    const { exchange, key } = routeTo(address);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    try {
      channel.publish(
        exchange,
        key,
        Buffer.from(parcel.body),
        { ...properties, messageId: parcel.id, type: parcel.name, contentType: 'application/json', mandatory: address.to !== 'all' },
        (refusal: unknown) => resolve(refusal === null),
      );
    } catch {
      // The channel is closed but its 'close' event has not come yet.
      return 'lost';
    }
    const confirmed = await promise;
    // The broker returns an unroutable message first and then confirms it.
    if (this.#returned.delete(parcel.id)) return 'unroutable';
    if (confirmed) return 'accepted';
    // A closing channel fails all its confirms; on an open channel a failed confirm is a refusal.
    return this.#kept.channel === channel ? 'refused' : 'lost';
  }

  async #furnish(channel: ConfirmChannel): Promise<void> {
    channel.on('return', (message) => this.#returned.add(String(message.properties.messageId)));
    await channel.consume(REPLY_TO, (message) => this.#receive(message), { noAck: true });
  }

  #receive(message: ConsumeMessage | null): void {
    // No caller waits for a late answer: it already got MessagingTimeout.
    this.#waiting.get(String(message?.properties.correlationId))?.resolve(message?.content.toString() ?? '');
  }

  #failWaiting(): void {
    this.#returned.clear();
    for (const { reject, lost } of this.#waiting.values()) reject(lost());
  }

  async #counted<T>(address: Address, parcel: Parcel, run: () => Promise<T>): Promise<T> {
    if (this.#running.count >= MAX_OUTSTANDING) throw full(address, parcel);
    const work = run();
    this.#running.track(work.then(settled, settled));
    return work;
  }

  #late({ topic }: Address, { name }: Parcel, timeoutMs: number): Late {
    return (cause) => MessagingTimeout({ topic, message: name, timeoutMs }, cause ? { cause } : undefined);
  }
}

const settled = (): void => undefined;

type Late = (cause?: Error) => Error;

const full = ({ topic }: Address, { name }: Parcel): Error => MessagingQueueFull({ topic, message: name });
