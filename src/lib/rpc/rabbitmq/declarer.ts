/** The sender's queue declarations, on a separate channel: a refused declaration closes its channel and must not fail outstanding calls. */
import type { Clock } from '../../clock/clock.ts';
import type { Address } from '../bus.ts';
import { NoSuchHost } from '../messaging-errors.ts';
import type { KeptChannel } from './kept-channel.ts';
import type { Link } from './link.ts';
import { durableQueue, fanoutExchange, queueName, type QueueOptions } from './topology.ts';

/** How long a host with a consumer counts as present before the broker is asked again. */
const SEEN_MS = 2_000;
/** How often to check whether a host has a consumer yet. */
const LOOK_EVERY_MS = 100;
/** How many hosts the presence cache holds. */
const MAX_SEEN = 10_000;

export class Declarer {
  readonly #clock: Clock;
  readonly #queues: QueueOptions;
  readonly #kept: KeptChannel;
  readonly #exchanges = new Set<string>();
  readonly #seenUntilMs = new Map<string, number>();

  constructor(link: Link, options: { clock: Clock; queues: QueueOptions }) {
    this.#clock = options.clock;
    this.#queues = options.queues;
    this.#kept = link.keep({ name: 'declare', furnish: async () => undefined, lost: () => this.#forget() });
  }

  /** Declares the queue or exchange of the address, if the broker can be reached. */
  async declare(address: Address, withinMs: number, late: () => Error): Promise<void> {
    const channel = await this.#kept.ready(withinMs, late);
    if (address.to !== 'all') {
      await channel.assertQueue(queueName(address.topic, hostOf(address)), durableQueue(this.#queues)).catch(() => undefined);
      return;
    }
    const exchange = fanoutExchange(address.topic);
    if (this.#exchanges.has(exchange)) return;
    // A failure means that the connection is being lost; publishing then fails too and is retried.
    await channel.assertExchange(exchange, 'fanout', { durable: true }).then(
      () => this.#exchanges.add(exchange),
      () => undefined,
    );
  }

  /** Resolves when that host's queue has a consumer; throws NoSuchHost if none appears within `graceMs`. */
  async someoneAt(address: Address & { to: 'host' }, message: string, graceMs: number): Promise<void> {
    const queue = queueName(address.topic, address.host);
    const endMs = this.#clock.monotonicMs() + graceMs;
    const nobody = () => NoSuchHost({ topic: address.topic, message });
    while (!this.#seen(queue)) {
      const leftMs = endMs - this.#clock.monotonicMs();
      if (leftMs <= 0) throw nobody();
      const channel = await this.#kept.ready(leftMs, nobody);
      const found = await channel.assertQueue(queue, durableQueue(this.#queues)).catch(() => undefined);
      if (found && found.consumerCount > 0) this.#see(queue);
      else await this.#clock.sleep(Math.min(LOOK_EVERY_MS, leftMs));
    }
  }

  #seen(queue: string): boolean {
    return (this.#seenUntilMs.get(queue) ?? 0) > this.#clock.monotonicMs();
  }

  #see(queue: string): void {
    if (this.#seenUntilMs.size >= MAX_SEEN) this.#seenUntilMs.clear();
    this.#seenUntilMs.set(queue, this.#clock.monotonicMs() + SEEN_MS);
  }

  #forget(): void {
    this.#exchanges.clear();
    this.#seenUntilMs.clear();
  }
}

const hostOf = (address: Address): string | undefined => (address.to === 'host' ? address.host : undefined);
