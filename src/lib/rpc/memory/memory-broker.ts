/** The queues that the memory buses of one program (or test) share, in place of RabbitMQ. */
import type { Address } from '../bus.ts';
import type { Target } from '../contract.ts';
import { MAX_QUEUED } from '../limits.ts';
import { type Delivery, MemoryQueue } from './memory-queue.ts';

export class MemoryBroker {
  readonly #maxQueued: number;
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #fanouts = new Map<string, Set<MemoryQueue>>();

  constructor(options: { maxQueued?: number } = {}) {
    this.#maxQueued = options.maxQueued ?? MAX_QUEUED;
  }

  /** The queue of a topic or of a host; created at first use, so casts wait for a consumer that starts later. */
  queue(topic: string, host?: string): MemoryQueue {
    const name = host === undefined ? topic : `${topic}.${host}`;
    const queue = this.#queues.get(name) ?? new MemoryQueue(this.#maxQueued);
    this.#queues.set(name, queue);
    return queue;
  }

  /** A separate queue for one listener to the messages to all; `drop` removes it. */
  joinFanout(topic: string): { queue: MemoryQueue; drop: () => void } {
    const members = this.#fanouts.get(topic) ?? new Set();
    this.#fanouts.set(topic, members);
    const queue = new MemoryQueue(this.#maxQueued);
    members.add(queue);
    return { queue, drop: () => members.delete(queue) };
  }

  /** Queues a message; false when a queue is full. A message to all without listeners is accepted and dropped. */
  route(address: Address, delivery: () => Delivery): boolean {
    return this.#destinations(address)
      .map((queue) => queue.offer(delivery()))
      .every(Boolean);
  }

  /** The queue a subscription consumes for that target, and how to release it. */
  listen(topic: string, target: Target, host: string | undefined): { queue: MemoryQueue; drop: () => void } {
    if (target === 'all') return this.joinFanout(topic);
    return { queue: this.queue(topic, target === 'host' ? host : undefined), drop: () => undefined };
  }

  #destinations(address: Address): MemoryQueue[] {
    if (address.to === 'all') return [...(this.#fanouts.get(address.topic) ?? [])];
    return [this.queue(address.topic, address.to === 'host' ? address.host : undefined)];
  }
}
