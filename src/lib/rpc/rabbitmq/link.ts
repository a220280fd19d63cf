/** The connection to the broker: awaited at the start and restored when lost, with all its channels set up again. */
import { type ChannelModel, type ConfirmChannel, connect, type RecoveringChannelModel } from 'amqplib';
import type { Clock } from '../../clock/clock.ts';
import { messageOf } from '../../errors/error-type.ts';
import type { Log } from '../../log/log.ts';
import { within } from '../../clock/within.ts';
import { MessagingUnavailable } from '../messaging-errors.ts';
import { connectUrl, maskedUrl } from './broker-url.ts';
import { KeptChannel } from './kept-channel.ts';

/** How long to wait for the broker at the start, unless told otherwise. */
const CONNECT_TIMEOUT_MS = 60_000;
/** How long one attempt may take. */
const ATTEMPT_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 200;
const SLOWEST_RETRY_MS = 3_000;
/** The broker's answer to a wrong user or password. For a virtual host that is missing or down it gives no such answer. */
const LOGIN_REFUSED = /ACCESS[-_]REFUSED/;

export interface LinkOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly connectTimeoutMs?: number;
  /** Aborts the wait for the first connection. */
  readonly signal?: AbortSignal;
}

/** How a kept channel is set up on each opening, and a callback for its loss. */
export interface Furnishing {
  readonly name: string;
  furnish(channel: ConfirmChannel): Promise<void>;
  lost?(): void;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #where: string;
  readonly #kept = new Set<KeptChannel>();
  #recovering: RecoveringChannelModel | undefined;
  #model: ChannelModel | undefined;
  #trouble: string | undefined = 'not connected yet';
  #blocked: string | undefined;
  #hasConnected = false;
  /** Monotonic time of the last reconnect; the first connection does not count. */
  #backAtMs = Number.NEGATIVE_INFINITY;
  /** Rejects when the broker refuses the first connection for a permanent reason. */
  readonly #refused = Promise.withResolvers<never>();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#where = maskedUrl(options.url);
    // Avoids an unhandled rejection: `open` reports the refusal.
    this.#refused.promise.catch(() => undefined);
  }

  /** Why the link is unusable now; empty when it is usable. */
  reasons(): readonly string[] {
    return [this.#trouble, this.#blocked].filter((reason) => reason !== undefined);
  }

  /** Milliseconds since it last became usable; Infinity when it was never lost. */
  usableForMs(): number {
    return this.reasons().length > 0 ? 0 : this.#options.clock.monotonicMs() - this.#backAtMs;
  }

  /** Registers a channel to open on every connection. Call it before `open`, or follow it with `openNow`. */
  keep(furnishing: Furnishing): KeptChannel {
    const kept = new KeptChannel({ ...this.#options, ...furnishing, isCurrent: (model) => this.#model === model });
    this.#kept.add(kept);
    return kept;
  }

  /** Opens a channel that was registered after connecting. While the broker is down, waits for the reconnect that opens it. */
  async openNow(kept: KeptChannel): Promise<void> {
    const model = this.#model;
    try {
      if (model) await kept.openOn(model);
    } catch (error) {
      if (this.#model === model) throw error;
    }
    await kept.ready(this.#timeoutMs(), () => this.#unavailable());
  }

  /** Unregisters and closes a channel. */
  async drop(kept: KeptChannel): Promise<void> {
    this.#kept.delete(kept);
    await kept.close();
  }

  /** Connects; rejects with MessagingUnavailable when the broker stays down too long, or at once when it refuses the login. */
  async open(): Promise<void> {
    const recovering = await connect(connectUrl(this.#options.url), {
      // Without it every call waits 41 ms for a delayed TCP ACK.
      noDelay: true,
      keepAlive: true,
      timeout: ATTEMPT_TIMEOUT_MS,
      clientProperties: { connection_name: `nova-ts ${process.pid}` },
      recovery: {
        initialDelay: FIRST_RETRY_MS,
        maxDelay: SLOWEST_RETRY_MS,
        maxRetries: Infinity,
        // The start is limited by time, not by attempts.
        initialMaxRetries: Infinity,
        waitForConnect: false,
        setup: (model: ChannelModel) => this.#furnishAll(model),
      },
    });
    this.#recovering = recovering;
    this.#watch(recovering);
    try {
      await within(this.#options.clock, this.#timeoutMs(), this.#connected(recovering), () => this.#unavailable());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Resolves with the first connection; rejects when the wait is over: refused, timed out or aborted. */
  async #connected(recovering: RecoveringChannelModel): Promise<void> {
    const { signal } = this.#options;
    const waiting = [recovering.waitForConnect(), this.#refused.promise];
    await Promise.race(signal ? [...waiting, abortOf(signal)] : waiting);
  }

  async close(): Promise<void> {
    this.#trouble = 'the bus is closed';
    await Promise.all([...this.#kept].map((kept) => this.drop(kept)));
    await this.#recovering?.close();
  }

  /** Closes the connection at once, without draining. */
  async cut(): Promise<void> {
    this.#trouble = 'the bus is closed';
    await this.#recovering?.close();
  }

  async #furnishAll(model: ChannelModel): Promise<void> {
    // One after the other: the sender's channels come first, so a handler that starts can already send.
    for (const kept of this.#kept) await kept.openOn(model);
    this.#model = model;
  }

  #watch(recovering: RecoveringChannelModel): void {
    const { log, clock } = this.#options;
    recovering.on('connect', () => {
      this.#trouble = undefined;
      if (this.#hasConnected) this.#backAtMs = clock.monotonicMs();
      this.#hasConnected = true;
      log.info({ broker: this.#where }, 'connected to the message broker');
    });
    recovering.on('connect-failed', (error) => {
      if (LOGIN_REFUSED.test(messageOf(error))) this.#refused.reject(this.#refusal(error));
      // Logs one line when waiting begins; the following attempts are silent.
      else if (this.#trouble === undefined || this.#trouble === 'not connected yet') {
        log.warn({ broker: this.#where }, `waiting for the message broker at ${this.#where}: ${messageOf(error)}`);
      }
      this.#trouble = `the broker cannot be reached: ${messageOf(error)}`;
    });
    recovering.on('disconnect', (error) => {
      this.#model = undefined;
      this.#blocked = undefined;
      this.#trouble = `the connection to the broker was lost: ${messageOf(error)}`;
      log.warn({ broker: this.#where }, `lost the message broker at ${this.#where}, reconnecting: ${messageOf(error)}`);
    });
    recovering.on('blocked', (reason) => {
      this.#blocked = `the broker takes no messages: ${reason}`;
      log.warn({ broker: this.#where }, this.#blocked);
    });
    recovering.on('unblocked', () => {
      this.#blocked = undefined;
      this.#backAtMs = clock.monotonicMs();
    });
    // 'disconnect' reports the same; an 'error' event without a listener would end the process.
    recovering.on('error', (error) => log.debug({ err: error }, 'the connection to the message broker failed'));
  }

  #timeoutMs(): number {
    return this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  }

  #unavailable(): Error {
    const reason = `${this.#where} did not answer within ${this.#timeoutMs() / 1_000} s (${this.#trouble ?? 'no answer'})`;
    return MessagingUnavailable({ reason });
  }

  #refusal(cause: Error): Error {
    const reason = `${this.#where} refuses the user or the password in the transport URL`;
    return MessagingUnavailable({ reason }, { cause });
  }
}

/** Rejects when the signal aborts; never resolves. */
const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
