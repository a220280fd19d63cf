/** Names and properties of the queues and exchanges in RabbitMQ. Everyone declares them alike, whoever comes first. */
import type { Options } from 'amqplib';
import type { Address } from '../bus.ts';

/** Sets our queues apart from those of others in the same virtual host. */
const PREFIX = 'nova-ts';
/** A queue that nobody has listened to for so long goes, with what waits in it: hosts come and go. */
const QUEUE_EXPIRES_MS = 24 * 3_600_000;

/** What all processes of a cloud declare alike: the kind of the queues and how many messages may wait in one. */
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

/** Durable queues survive the broker; newer brokers deny those that are neither durable nor exclusive. */
export const durableQueue = ({ queueType, maxQueued }: QueueOptions): Options.AssertQueue => ({
  durable: true,
  expires: QUEUE_EXPIRES_MS,
  maxLength: maxQueued,
  arguments: { 'x-overflow': 'reject-publish', 'x-queue-type': queueType },
});

/** A queue that lives as long as its listener's connection. */
export const ownQueue = ({ maxQueued }: QueueOptions): Options.AssertQueue => ({
  exclusive: true,
  autoDelete: true,
  durable: false,
  maxLength: maxQueued,
});
