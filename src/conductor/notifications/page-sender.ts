/** Sends pages of notifications with every driver: one that fails keeps no message from the others, and none gets again what it took. */
import { untilAborted } from '../../lib/clock/until-aborted.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { NotificationDriver, Outgoing } from '../../lib/notify/outgoing.ts';
import type { EventPosition } from '../../objects/event-position.ts';

export interface PageSenderDeps {
  readonly log: Log;
  readonly drivers: readonly NotificationDriver[];
  /** How often a page is tried again before it is given up; -1 is for ever. */
  readonly retries: number;
}

export class PageSender {
  readonly #deps: PageSenderDeps;
  /** The position of the page that is being sent. */
  #page: EventPosition | undefined;
  /** The ids of its messages that each driver took: a page may have grown when it is tried again. */
  readonly #taken = new Map<NotificationDriver, Set<string>>();
  /** How often it could not be sent. */
  #failures = 0;

  constructor(deps: PageSenderDeps) {
    this.#deps = deps;
  }

  /** Sends the page at this position. Rejects when it has to be tried again; one that is given up is logged. */
  async send(page: EventPosition, messages: readonly Outgoing[], signal: AbortSignal): Promise<void> {
    const { drivers, retries, log } = this.#deps;
    if (page !== this.#page) this.#begin(page);
    const failures: unknown[] = [];
    for (const driver of drivers) {
      // oxlint-disable-next-line no-await-in-loop -- a program that stops begins no further driver
      await this.#sendWith(driver, messages, signal).catch((error: unknown) => failures.push(error));
      // A program that stops does not wait for the broker: the page is published after its next start.
      signal.throwIfAborted();
    }
    const [error] = failures;
    if (error === undefined) return;
    this.#failures += 1;
    if (retries < 0 || this.#failures <= retries) throw error;
    log.error({ messages: messages.length, error: messageOf(error) }, 'notifications were given up after the configured retries');
  }

  #begin(page: EventPosition): void {
    this.#page = page;
    this.#taken.clear();
    this.#failures = 0;
  }

  async #sendWith(driver: NotificationDriver, messages: readonly Outgoing[], signal: AbortSignal): Promise<void> {
    const taken = this.#taken.get(driver) ?? new Set();
    const left = messages.filter((outgoing) => !taken.has(nameOf(outgoing)));
    if (left.length === 0) return;
    await untilAborted(signal, driver.send(left));
    this.#taken.set(driver, new Set([...taken, ...left.map(nameOf)]));
  }
}

/** A message that goes to several topics has one id. */
const nameOf = ({ topic, message }: Outgoing): string => `${topic} ${message.message_id}`;
