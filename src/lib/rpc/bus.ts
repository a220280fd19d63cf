/** What carries messages: the interface of the drivers (in memory, RabbitMQ). It moves texts and knows neither contracts nor handlers. */
import type { AnswerMemory } from './answer-memory.ts';
import type { Target } from './contract.ts';

/** Where a message goes. */
export type Address = { readonly topic: string } & (
  | { readonly to: 'any' }
  | { readonly to: 'all' }
  | { readonly to: 'host'; readonly host: string }
);

/** A message ready to travel: `id` stays the same over resends, `name` is for errors and logs, `body` is an encoded request. */
export interface Parcel {
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

/** What a service listens to: the queues of its topic, its host and the fan-out, each with up to `concurrency` messages at work. */
export interface Subscription {
  readonly topic: string;
  readonly targets: readonly Target[];
  readonly host: string | undefined;
  readonly concurrency: number;
  /** Does the work and gives the encoded answer; never rejects. The driver acknowledges the message only afterwards. */
  answer(body: string, target: Target): Promise<string>;
}

/** A running subscription. Closing stops taking messages and waits for the running ones, at most DRAIN_MS. */
export interface Serving {
  close(): Promise<void>;
}

/** A message bus. One object per process and broker; closing it closes its servings first. */
export interface Bus {
  /** A fresh message id. */
  messageId(): string;
  /** What this process has already answered. */
  readonly answers: AnswerMemory;
  /** Resolves when the bus has accepted the message: from then on it is delivered at least once (to 'all': to whoever listens now). */
  cast(address: Address, parcel: Parcel): Promise<void>;
  /** Resolves with the encoded answer, or rejects with MessagingTimeout or, before anything is sent, NoSuchHost. */
  call(address: Address, parcel: Parcel, timeoutMs: number): Promise<string>;
  /** Resolves when the queues exist and are listened to. */
  consume(subscription: Subscription): Promise<Serving>;
  healthy(): boolean;
  /** For how many milliseconds it has been healthy since it was last not: 0 when it is not now, Infinity when it always was. */
  healthyForMs(): number;
  /** Why it is not healthy; empty when it is. */
  reasons(): readonly string[];
  close(): Promise<void>;
}
