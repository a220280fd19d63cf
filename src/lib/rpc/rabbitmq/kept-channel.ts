/** A channel that is opened anew whenever it, or the connection below it, was lost. */
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Clock } from '../../clock/clock.ts';
import { messageOf } from '../../errors/error-type.ts';
import type { Log } from '../../log/log.ts';
import { within } from '../../clock/within.ts';

/** How long to wait before opening a channel again that was lost while the connection stands. */
const REOPEN_PAUSE_MS = 500;

/** What a kept channel needs: how to furnish a new one (declare, consume) and whom to tell of a loss. */
export interface KeptChannelOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  furnish(channel: ConfirmChannel): Promise<void>;
  lost?(): void;
  /** Is this the connection in use? */
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

  /** The open channel, waited for at most `ms`. */
  async ready(ms: number, late: () => Error): Promise<ConfirmChannel> {
    return this.#channel ?? within(this.#options.clock, ms, this.#opened.promise, late);
  }

  /** Opens and furnishes a channel on that connection; done for each new one. */
  async openOn(model: ChannelModel): Promise<void> {
    if (this.#closed) return;
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => this.#options.log.warn({ channel: this.#options.name, err: error }, 'the broker closed a channel'));
    channel.on('close', () => this.#lose(model, channel));
    await this.#options.furnish(channel);
    this.#channel = channel;
    this.#opened.resolve(channel);
  }

  /** Lets the open channel be, but opens no other after it. */
  retire(): void {
    this.#closed = true;
  }

  /** Keeps it no longer; unacknowledged messages go back to their queues. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#channel?.close().catch(() => undefined);
  }

  #lose(model: ChannelModel, channel: ConfirmChannel): void {
    // Lost before it was furnished: whoever opened it hears of it.
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
      // A new connection opens all its channels itself.
      if (this.#closed || !isCurrent(model)) return;
      await this.openOn(model).catch((error: unknown) => log.warn({ channel: name }, `the channel stays closed: ${messageOf(error)}`));
    }
  }
}
