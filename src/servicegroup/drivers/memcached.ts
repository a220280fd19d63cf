import { createHash } from 'node:crypto';
import { Client, Server } from 'memjs';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { within } from '../../lib/clock/within.ts';
import { type Look, type Member, memberKey, type PresenceEngine, topicOf } from '../driver.ts';

export interface MemcachedOptions {
  /** `host:port` of each server. */
  readonly servers: readonly string[];
  readonly announceEveryMs: number;
  /** How long a key lives without being set again: `service_down_time`, as in Nova. */
  readonly downAfterSeconds: number;
}

/** How long a server may take for all requests of one look or announcement, in milliseconds. */
const ANSWER_MS = 2_000;

/** How long one of several servers is not asked after it failed, in milliseconds: one that hangs must not delay what the others say. */
const REST_MS = 5_000;

/** Set by whoever misses it, never expires: while its value stays, the server has forgotten nothing. */
const EPOCH = 'nova-ts:servicegroup:epoch';

/** The longest key that Memcached takes, in bytes. */
const MAX_KEY = 250;

/**
 * Keeps each member as a key that expires (`compute:host`): only Memcached's own clock counts. Every server gets every key, so that losing
 * one of them loses nothing.
 */
export class MemcachedEngine implements PresenceEngine {
  readonly name: string;
  readonly announceEveryMs: number;
  /** One more announcement: a server that hung has let keys expire that nobody could set. */
  readonly settleMs: number;
  readonly #servers: readonly OneServer[];
  readonly #options: MemcachedOptions;
  readonly #ids: Ids;

  constructor(options: MemcachedOptions, { clock, ids }: { clock: Clock; ids: Ids }) {
    this.name = `Memcached at ${options.servers.join(', ')}`;
    this.announceEveryMs = options.announceEveryMs;
    this.settleMs = 2 * options.announceEveryMs;
    const restMs = options.servers.length > 1 ? REST_MS : 0;
    this.#servers = options.servers.map((address) => new OneServer(address, { clock, restMs }));
    this.#options = options;
    this.#ids = ids;
  }

  async announce(members: readonly Member[]): Promise<readonly Member[]> {
    const expires = this.#options.downAfterSeconds;
    const absent = await this.#onEach(async (client) => {
      const there = await Promise.all(members.map((member) => client.replace(keyOf(member), '1', { expires })));
      const missing = members.filter((_, n) => !there[n]);
      await Promise.all(missing.map((member) => client.set(keyOf(member), '1', { expires })));
      return new Set(missing);
    });
    // Who was present at one server was present.
    return members.filter((member) => absent.every(({ got }) => got.has(member)));
  }

  async look(members: readonly Member[]): Promise<Look> {
    const looks = await this.#onEach(async (client) => {
      const values = await Promise.all(members.map((member) => client.get(keyOf(member))));
      // Last: what was emptied before has no epoch by now.
      return { present: members.filter((_, n) => values[n]?.value).map(memberKey), epoch: await this.#epochOf(client) };
    });
    return {
      present: new Set(looks.flatMap(({ got }) => got.present)),
      incarnation: looks.map(({ address, got }) => `${address} ${got.epoch}`).join(),
    };
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.drop();
  }

  /** What the servers that answer say; the error of one when none does. */
  async #onEach<T>(ask: (client: Client) => Promise<T>): Promise<{ address: string; got: T }[]> {
    const asked = await Promise.allSettled(this.#servers.map(async (server) => ({ address: server.address, got: await server.run(ask) })));
    const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const one of asked) if (one.status === 'rejected' && answers.length === 0) throw one.reason;
    return answers;
  }

  async #epochOf(client: Client): Promise<string> {
    const { value } = await client.get(EPOCH);
    if (value) return value.toString();
    await client.add(EPOCH, this.#ids.uuid());
    return (await client.get(EPOCH)).value?.toString() ?? '';
  }
}

/** The connection to one server. Dropped at any failure, because the client does not always recover from a connection that broke. */
class OneServer {
  readonly address: string;
  readonly #clock: Clock;
  readonly #restMs: number;
  #client: Client | undefined;
  /** Until then it rests, with this error. */
  #resting: { readonly untilMs: number; readonly error: unknown } | undefined;

  constructor(address: string, { clock, restMs }: { readonly clock: Clock; readonly restMs: number }) {
    this.address = address;
    this.#clock = clock;
    this.#restMs = restMs;
  }

  async run<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    if (this.#resting && this.#clock.monotonicMs() < this.#resting.untilMs) throw this.#resting.error;
    this.#client ??= clientOf(this.address);
    try {
      return await within(this.#clock, ANSWER_MS, ask(this.#client), () => new Error(`no answer within ${ANSWER_MS} ms`));
    } catch (error) {
      this.drop();
      this.#resting = { untilMs: this.#clock.monotonicMs() + this.#restMs, error };
      throw error;
    }
  }

  drop(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}

function clientOf(address: string): Client {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const limits = { timeout: ANSWER_MS / 1000, retries: 1, logger: { log: () => {} } };
  return new Client([new Server(host, Number(address.slice(at + 1)), undefined, undefined, limits)], limits);
}

function keyOf(member: Member): string {
  const key = `${topicOf(member)}:${member.host}`;
  return key.length <= MAX_KEY ? key : `${topicOf(member)}:${createHash('sha256').update(member.host).digest('hex')}`;
}
