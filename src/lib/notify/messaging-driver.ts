/** Publishes notifications over RabbitMQ as oslo.messaging does: a topic exchange, and a queue for each level of a topic. */
import type { ConfirmChannel } from 'amqplib';
import type { Clock } from '../clock/clock.ts';
import { within } from '../clock/within.ts';
import { errorType, messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import type { KeptChannel } from '../rpc/rabbitmq/kept-channel.ts';
import { Link } from '../rpc/rabbitmq/link.ts';
import { enveloped, type NotificationDriver, type Outgoing, queueOf } from './outgoing.ts';

/** How long one batch may take, connecting included. */
const SEND_TIMEOUT_MS = 10_000;
/** At this many messages that nobody has consumed, no more are published to a queue. */
export const MAX_WAITING = 100_000;

export const NotificationsUndelivered = errorType(
  'NotificationsUndelivered',
  'unavailable',
  (p: { reason: string }) => `Notifications could not be published: ${p.reason}.`,
);

const late = () => NotificationsUndelivered({ reason: `the broker did not take them within ${SEND_TIMEOUT_MS / 1_000} s` });

export interface MessagingOptions {
  readonly url: string;
  readonly exchange: string;
  /** How exchange and queues are made, if they are not there yet: consumers must declare them alike. */
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** Whether messages are in envelopes: driver messagingv2, not messaging. */
  readonly enveloped: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxWaiting?: number;
}

/** A connection that is made when it is first needed, and again after it could not be made. */
interface Connection {
  readonly link: Link;
  readonly sending: KeptChannel;
  /** Apart: a refused declaration closes its channel. */
  readonly declaring: KeptChannel;
}

export class MessagingDriver implements NotificationDriver {
  readonly #options: MessagingOptions;
  #connection: Promise<Connection> | undefined;
  readonly #declared = new Set<string>();
  #returned = 0;

  constructor(options: MessagingOptions) {
    this.#options = options;
  }

  async send(messages: readonly Outgoing[]): Promise<void> {
    try {
      await within(this.#options.clock, SEND_TIMEOUT_MS, this.#send(messages), late);
    } catch (error) {
      // Whatever it was, the queues may be gone.
      this.#declared.clear();
      throw NotificationsUndelivered.is(error) ? error : NotificationsUndelivered({ reason: messageOf(error) }, { cause: error });
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.link.close();
  }

  async #send(messages: readonly Outgoing[]): Promise<void> {
    const { sending, declaring } = await this.#connected();
    for (const queue of new Set(messages.map(queueOf))) await this.#prepare(declaring, queue);
    const channel = await sending.ready(SEND_TIMEOUT_MS, late);
    const returnedBefore = this.#returned;
    await Promise.all(messages.map((message) => this.#publish(channel, message)));
    if (this.#returned > returnedBefore) throw NotificationsUndelivered({ reason: 'a queue was deleted meanwhile' });
  }

  /** All are written at once, in their order; each is confirmed. */
  #publish(channel: ConfirmChannel, outgoing: Outgoing): Promise<void> {
    const { exchange, enveloped: isEnveloped } = this.#options;
    const { message } = outgoing;
    const body = Buffer.from(isEnveloped ? enveloped(message) : JSON.stringify(message));
    const properties = {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      persistent: true,
      mandatory: true,
      messageId: message.message_id,
    };
    return new Promise((resolve, reject) => {
      const confirmed = (refusal: unknown) =>
        refusal === null ? resolve() : reject(NotificationsUndelivered({ reason: messageOf(refusal) }));
      channel.publish(exchange, queueOf(outgoing), body, properties, confirmed);
    });
  }

  /** Makes a queue that consumers find although they come later, and refuses to fill one that nobody empties. */
  async #prepare(declaring: KeptChannel, queue: string): Promise<void> {
    const { exchange, durable, autoDelete, maxWaiting = MAX_WAITING } = this.#options;
    const channel = () => declaring.ready(SEND_TIMEOUT_MS, late);
    if (!this.#declared.has(queue)) {
      const form = { durable, autoDelete };
      await either(
        async () => void (await (await channel()).assertExchange(exchange, 'topic', form)),
        async () => void (await (await channel()).checkExchange(exchange)),
      );
      await either(
        async () => void (await (await channel()).assertQueue(queue, form)),
        async () => void (await (await channel()).checkQueue(queue)),
      );
      await (await channel()).bindQueue(queue, exchange, queue);
      this.#declared.add(queue);
    }
    const { messageCount } = await (await channel()).checkQueue(queue);
    if (messageCount < maxWaiting) return;
    throw NotificationsUndelivered({ reason: `${messageCount} of them wait in the queue ${queue}, which nobody consumes` });
  }

  #connected(): Promise<Connection> {
    this.#connection ??= this.#connect().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #connect(): Promise<Connection> {
    const { url, clock, log } = this.#options;
    const link = new Link({ url, clock, log, connectTimeoutMs: SEND_TIMEOUT_MS / 2 });
    const forget = () => this.#declared.clear();
    const declaring = link.keep({ name: 'declare for notifications', furnish: async () => undefined });
    const furnish = async (channel: ConfirmChannel) => void channel.on('return', () => (this.#returned += 1));
    const sending = link.keep({ name: 'notifications', furnish, lost: forget });
    await link.open();
    return { link, sending, declaring };
  }
}

/** Declares; where a consumer has declared it in another form, uses what is there. */
async function either(declare: () => Promise<void>, check: () => Promise<void>): Promise<void> {
  await declare().catch(check);
}
