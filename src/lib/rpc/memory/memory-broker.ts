/** The queues that the memory buses of one program (or one test) share: what RabbitMQ is to the processes of a cloud. */
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

  /** The queue of a topic or of a host; made when first spoken of, so casts wait for a consumer that is yet to come. */
  queue(topic: string, host?: string): MemoryQueue {
    const name = host === undefined ? topic : `${topic}.${host}`;
    const queue = this.#queues.get(name) ?? new MemoryQueue(this.#maxQueued);
    this.#queues.set(name, queue);
    return queue;
  }

  /** A queue of its own for one listener to everything said to all; `drop` ends it. */
  joinFanout(topic: string): { queue: MemoryQueue; drop: () => void } {
    const members = this.#fanouts.get(topic) ?? new Set();
    this.#fanouts.set(topic, members);
    const queue = new MemoryQueue(this.#maxQueued);
    members.add(queue);
    return { queue, drop: () => members.delete(queue) };
  }

  /** Puts a message where it belongs; false when a queue is full. A message to all with nobody listening is accepted and gone. */
  route(address: Address, delivery: () => Delivery): boolean {
    return this.#destinations(address)
      .map((queue) => queue.offer(delivery()))
      .every(Boolean);
  }

  /** The queue a subscription listens to for that target, and how to give it up. */
  listen(topic: string, target: Target, host: string | undefined): { queue: MemoryQueue; drop: () => void } {
    if (target === 'all') return this.joinFanout(topic);
    return { queue: this.queue(topic, target === 'host' ? host : undefined), drop: () => undefined };
  }

  #destinations(address: Address): MemoryQueue[] {
    if (address.to === 'all') return [...(this.#fanouts.get(address.topic) ?? [])];
    return [this.queue(address.topic, address.to === 'host' ? address.host : undefined)];
  }
}
