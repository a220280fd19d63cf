/** A channel that is reopened whenever it or its connection is lost. */
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Clock } from '../../clock/clock.ts';
import { messageOf } from '../../errors/error-type.ts';
import type { Log } from '../../log/log.ts';
import { within } from '../../clock/within.ts';

/** How long to wait before reopening a channel that was lost while the connection is up. */
const REOPEN_PAUSE_MS = 500;

/** What a kept channel needs: how to set up a new one (declare, consume) and a callback for its loss. */
export interface KeptChannelOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  furnish(channel: ConfirmChannel): Promise<void>;
  lost?(): void;
  /** Whether this is the connection in use. */
  isCurrent(model: ChannelModel): boolean;
}

export class KeptChannel {
  readonly #options: KeptChannelOptions;
  #channel: ConfirmChannel | undefined;
  #opened = Promise.withResolvers<ConfirmChannel>();
  #closed = false;

  constructor(options: KeptChannelOptions) {
    this.#options = options;
  }

  /** The open channel, if there is one. */
  get channel(): ConfirmChannel | undefined {
    return this.#channel;
  }

  /** Waits at most `ms` for the open channel. */
  async ready(ms: number, late: () => Error): Promise<ConfirmChannel> {
    return this.#channel ?? within(this.#options.clock, ms, this.#opened.promise, late);
  }

  /** Opens and sets up a channel on that connection; called for each new connection. */
  async openOn(model: ChannelModel): Promise<void> {
    if (this.#closed) return;
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => this.#options.log.warn({ channel: this.#options.name, err: error }, 'the broker closed a channel'));
    channel.on('close', () => this.#lose(model, channel));
    await this.#options.furnish(channel);
    this.#channel = channel;
    this.#opened.resolve(channel);
  }

  /** Keeps the open channel, but does not reopen it when lost. */
  retire(): void {
    this.#closed = true;
  }

  /** Closes the channel for good; unacknowledged messages return to their queues. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#channel?.close().catch(() => undefined);
  }

  #lose(model: ChannelModel, channel: ConfirmChannel): void {
    // Lost during setup: `openOn` rejects, so its caller learns of it.
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#opened = Promise.withResolvers();
    this.#options.lost?.();
    void this.#reopen(model);
  }

  async #reopen(model: ChannelModel): Promise<void> {
    const { clock, log, name, isCurrent } = this.#options;
    while (!this.#closed && !this.#channel) {
      await clock.sleep(REOPEN_PAUSE_MS);
      // After a reconnect, the link reopens all channels itself.
      if (this.#closed || !isCurrent(model)) return;
      await this.openOn(model).catch((error: unknown) => log.warn({ channel: name }, `the channel stays closed: ${messageOf(error)}`));
    }
  }
}
