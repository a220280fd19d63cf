/** Names and properties of the queues and exchanges in RabbitMQ. All processes declare them identically, whichever comes first. */
import type { Options } from 'amqplib';
import type { Address } from '../bus.ts';

/** Keeps our queue names apart from those of other programs in the same virtual host. */
const PREFIX = 'nova-ts';
/** A queue without consumers for this long expires with its messages, since hosts are removed for good. */
const QUEUE_EXPIRES_MS = 24 * 3_600_000;

/** Must be the same in all processes of a cloud: the type of the queues and how many messages may wait in one. */
export interface QueueOptions {
  readonly queueType: QueueType;
  readonly maxQueued: number;
}

/** Quorum queues are for clustered brokers; all processes of a cloud use the same kind. */
export type QueueType = 'classic' | 'quorum';

/** The queue of a topic, or of a host of the topic. */
export const queueName = (topic: string, host?: string): string => [PREFIX, topic, ...(host === undefined ? [] : [host])].join('.');

/** The exchange that copies a message to everyone on the topic. */
export const fanoutExchange = (topic: string): string => `${PREFIX}.${topic}_fanout`;

/** One listener's queue at that exchange. */
export const fanoutQueue = (topic: string, id: string): string => `${PREFIX}.${topic}_fanout_${id}`;

/** Where to publish for an address: queues are reached by name through the default exchange. */
export const routeTo = (address: Address): { exchange: string; key: string } =>
  address.to === 'all'
    ? { exchange: fanoutExchange(address.topic), key: '' }
    : { exchange: '', key: queueName(address.topic, address.to === 'host' ? address.host : undefined) };

/** Durable queues survive a broker restart; newer brokers refuse queues that are neither durable nor exclusive. */
export const durableQueue = ({ queueType, maxQueued }: QueueOptions): Options.AssertQueue => ({
  durable: true,
  expires: QUEUE_EXPIRES_MS,
  maxLength: maxQueued,
  arguments: { 'x-overflow': 'reject-publish', 'x-queue-type': queueType },
});

/** A queue that is deleted with its listener's connection. */
export const ownQueue = ({ maxQueued }: QueueOptions): Options.AssertQueue => ({
  exclusive: true,
  autoDelete: true,
  durable: false,
  maxLength: maxQueued,
});
