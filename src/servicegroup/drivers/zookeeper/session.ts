/** A session with ZooKeeper that survives whatever happens to connections and servers: by the same session, or else by a new one. */
import zookeeper from 'node-zookeeper-client';
import type { Clock } from '../../../lib/clock/clock.ts';
import { within } from '../../../lib/clock/within.ts';

export interface SessionOptions {
  /** `host:port` of each server, separated by commas. */
  readonly address: string;
  /** Silence after which the server ends the session, and with it the nodes of its members (`recv_timeout`). */
  readonly timeoutMs: number;
}

type Client = ReturnType<typeof zookeeper.createClient>;
/** Answers as the client gives them: an error, or values. */
type Done<T> = (error: Error | zookeeper.Exception | null, value: T) => void;

/** The longest pause between attempts to connect, in milliseconds. */
const SPIN_MS = 500;

export class ZooKeeperSession {
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  #client: Client;
  #connections = 0;
  #isClosed = false;
  #renewed = Promise.withResolvers<void>();

  constructor(options: SessionOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#client = this.#open();
  }

  /** Another one whenever the server may have ended sessions unseen: with each connection. */
  get incarnation(): string {
    return `${this.id} ${this.#connections}`;
  }

  /** Owns the ephemeral nodes that are made by it. */
  get id(): string {
    return this.#client.getSessionId().toString('hex');
  }

  /** Resolves when a new session has replaced this one. */
  get renewed(): Promise<void> {
    return this.#renewed.promise;
  }

  /** One request. A server that hangs looks connected: so every request has a limit, and a late one costs the connection. */
  async ask<T>(request: (client: Client, done: Done<T>) => void): Promise<T> {
    const client = this.#client;
    if (client.getState() !== zookeeper.State.SYNC_CONNECTED) await this.#connected(client);
    const answer = new Promise<T>((resolve, reject) => request(client, (error, value) => (error ? reject(error) : resolve(value))));
    return await this.#inTime(client, answer);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    const ended = new Promise<void>((resolve) => client.once('disconnected', resolve));
    const isConnected = client.getState() === zookeeper.State.SYNC_CONNECTED;
    client.close();
    // The nodes of members that stop should not have to wait for the end of a session.
    if (isConnected) await within(this.#clock, SPIN_MS, ended, () => new Error('late')).catch(() => {});
    cut(client);
  }

  async #connected(client: Client): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    client.once('connected', resolve);
    try {
      await this.#inTime(client, promise);
    } finally {
      // Otherwise each request during an outage would leave one behind.
      client.removeListener('connected', resolve);
    }
  }

  async #inTime<T>(client: Client, work: Promise<T>): Promise<T> {
    const limitMs = this.#options.timeoutMs / 2;
    const late = () => {
      cut(client);
      return new Error(`no answer within ${limitMs} ms`);
    };
    return await within(this.#clock, limitMs, work, late);
  }

  #open(): Client {
    const client = zookeeper.createClient(this.#options.address, {
      sessionTimeout: this.#options.timeoutMs,
      spinDelay: SPIN_MS,
      retries: 0,
    });
    client.on('connected', () => {
      this.#connections += 1;
    });
    client.once('expired', () => {
      if (this.#isClosed) return;
      this.#client = this.#open();
      const { resolve } = this.#renewed;
      this.#renewed = Promise.withResolvers();
      resolve();
    });
    client.connect();
    return client;
  }
}

/** Ends the connection, not the session: the client connects again. It has no method for that. */
function cut(client: Client): void {
  const { connectionManager } = client as Client & { readonly connectionManager: { readonly socket?: { destroy(): void } } };
  connectionManager.socket?.destroy();
}
