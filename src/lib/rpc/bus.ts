/** The interface of the message drivers (in memory, RabbitMQ). A driver moves strings and knows neither contracts nor handlers. */
import type { AnswerMemory } from './answer-memory.ts';
import type { Target } from './contract.ts';

/** Where a message goes. */
export type Address = { readonly topic: string } & (
  | { readonly to: 'any' }
  | { readonly to: 'all' }
  | { readonly to: 'host'; readonly host: string }
);

/** A message ready to send: `id` stays the same over resends, `name` is for errors and logs, `body` is an encoded request. */
export interface Parcel {
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

/** What a service listens to: the queues of its topic, its host and the fan-out, each with up to `concurrency` messages in progress. */
export interface Subscription {
  readonly topic: string;
  readonly targets: readonly Target[];
  readonly host: string | undefined;
  readonly concurrency: number;
  /** Handles the message and returns the encoded answer; never rejects. The driver acknowledges the message only afterwards. */
  answer(body: string, target: Target): Promise<string>;
}

/** A running subscription. Closing it takes no more messages and waits at most DRAIN_MS for the running handlers. */
export interface Serving {
  close(): Promise<void>;
}

/** A message bus. One object per process and broker; closing it closes its servings first. */
export interface Bus {
  /** A fresh message id. */
  messageId(): string;
  /** The cache of this process's answers. */
  readonly answers: AnswerMemory;
  /** Resolves when the bus has accepted the message: from then on it is delivered at least once ('all': to the current listeners). */
  cast(address: Address, parcel: Parcel): Promise<void>;
  /** Resolves with the encoded answer, or rejects with MessagingTimeout or, before anything is sent, NoSuchHost. */
  call(address: Address, parcel: Parcel, timeoutMs: number): Promise<string>;
  /** Resolves when the queues exist and are being consumed. */
  consume(subscription: Subscription): Promise<Serving>;
  healthy(): boolean;
  /** Milliseconds since it last became healthy: 0 while it is unhealthy, Infinity if it never was unhealthy. */
  healthyForMs(): number;
  /** Why it is not healthy; empty when it is. */
  reasons(): readonly string[];
  close(): Promise<void>;
}
