/** A message for other programs that listen to a topic, as oslo.messaging forms it. */

export interface Outgoing {
  readonly topic: string;
  /** INFO, ERROR, ... */
  readonly priority: string;
  readonly message: OsloNotification;
}

export interface OsloNotification {
  readonly message_id: string;
  readonly publisher_id: string;
  readonly event_type: string;
  readonly priority: string;
  readonly payload: object;
  readonly timestamp: string;
  readonly _unique_id: string;
  readonly [context: `_context_${string}`]: string | null | boolean;
}

/** Where a message waits for its consumers: a queue for each level of a topic. */
export const queueOf = ({ topic, priority }: Pick<Outgoing, 'topic' | 'priority'>): string => `${topic}.${priority.toLowerCase()}`;

/** The message in its envelope, version 2.0. */
export const enveloped = (message: OsloNotification): string =>
  JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) });

/** A time as oslo.messaging writes it. */
export const osloTime = (at: Date): string =>
  at
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.\d{3})Z$/, '$1000');

/** What carries notifications away. */
export interface NotificationDriver {
  /** Sends messages in their order; rejects when it is not certain that all have arrived. Sent again, they have the same ids. */
  send(messages: readonly Outgoing[]): Promise<void>;
  close(): Promise<void>;
}
