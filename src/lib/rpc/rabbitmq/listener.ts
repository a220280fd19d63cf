/** A subscription at the broker: consumes its queues and acknowledges each message once it is answered. */
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { Clock } from '../../clock/clock.ts';
import type { Log } from '../../log/log.ts';
import type { Serving, Subscription } from '../bus.ts';
import type { Target } from '../contract.ts';
import { DRAIN_MS } from '../limits.ts';
import { Running } from '../running.ts';
import type { KeptChannel } from './kept-channel.ts';
import type { Link } from './link.ts';
import { durableQueue, fanoutExchange, fanoutQueue, ownQueue, queueName, type QueueOptions } from './topology.ts';

export interface ListenerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly queues: QueueOptions;
  /** Makes the name of this listener's fan-out queue unique. */
  readonly id: string;
}

export class Listener implements Serving {
  readonly #link: Link;
  readonly #subscription: Subscription;
  readonly #options: ListenerOptions;
  readonly #running = new Running();
  readonly #kept: KeptChannel;
  #tags: string[] = [];

  constructor(link: Link, subscription: Subscription, options: ListenerOptions) {
    this.#link = link;
    this.#subscription = subscription;
    this.#options = options;
    this.#kept = link.keep({ name: `serve ${subscription.topic}`, furnish: (channel) => this.#furnish(channel) });
  }

  /** Resolves when it consumes. */
  async open(): Promise<void> {
    try {
      await this.#link.openNow(this.#kept);
    } catch (error) {
      await this.#link.drop(this.#kept);
      throw error;
    }
  }

  async close(): Promise<void> {
    // A reconnect during the drain must not start consuming again.
    this.#kept.retire();
    const channel = this.#kept.channel;
    // A lost channel delivers no messages either.
    if (channel) await Promise.all(this.#tags.map((tag) => channel.cancel(tag))).catch(() => undefined);
    const left = await this.#running.drain(this.#options.clock, DRAIN_MS);
    const { topic } = this.#subscription;
    if (left > 0) this.#options.log.warn({ topic, left }, 'handlers still run after the drain timeout; their messages return to the queue');
    await this.#link.drop(this.#kept);
  }

  async #furnish(channel: ConfirmChannel): Promise<void> {
    this.#tags = [];
    // Per consumer: newer brokers refuse a limit for the whole channel.
    await channel.prefetch(this.#subscription.concurrency, false);
    for (const target of this.#subscription.targets) {
      const queue = await this.#declare(channel, target);
      const { consumerTag } = await channel.consume(queue, (message) => this.#take(channel, target, message));
      this.#tags.push(consumerTag);
    }
  }

  async #declare(channel: ConfirmChannel, target: Target): Promise<string> {
    const { topic, host } = this.#subscription;
    if (target !== 'all') {
      const { queue } = await channel.assertQueue(
        queueName(topic, target === 'host' ? host : undefined),
        durableQueue(this.#options.queues),
      );
      return queue;
    }
    await channel.assertExchange(fanoutExchange(topic), 'fanout', { durable: true });
    const { queue } = await channel.assertQueue(fanoutQueue(topic, this.#options.id), ownQueue(this.#options.queues));
    await channel.bindQueue(queue, fanoutExchange(topic), '');
    return queue;
  }

  #take(channel: ConfirmChannel, target: Target, message: ConsumeMessage | null): void {
    // The broker removed the queue (expired, deleted): a new channel declares it again.
    if (!message) void channel.close().catch(() => undefined);
    else this.#running.track(this.#answer(channel, target, message));
  }

  async #answer(channel: ConfirmChannel, target: Target, message: ConsumeMessage): Promise<void> {
    const text = await this.#subscription.answer(message.content.toString(), target);
    const { replyTo, correlationId } = message.properties;
    try {
      if (typeof replyTo === 'string') channel.publish('', replyTo, Buffer.from(text), { correlationId, contentType: 'application/json' });
      channel.ack(message);
    } catch {
      // The channel was lost while the handler ran: the broker redelivers the message, and the answer comes from the cache.
    }
  }
}
