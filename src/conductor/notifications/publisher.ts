/**
 * Publishes the event log as notifications. One conductor of a cloud does it at a time: it holds the cursor, which says how far the log
 * has been published, and moves it on once the messages of a page have arrived. So none is lost, and after a crash at most a page comes twice.
 */
import type { WholeDb } from '../../db/sql/queries.ts';
import { readEvents } from '../../db/stores/cloud/event-feed.ts';
import { createCursor, holdCursor, leaveCursor, moveCursor } from '../../db/stores/cloud/notification-cursor.ts';
import { notificationsOf } from '../../events/notifications/index.ts';
import type { NotificationRules, Telling } from '../../events/notifications/notification.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Outgoing } from '../../lib/notify/outgoing.ts';
import type { LoggedEvent } from '../../objects/event-position.ts';
import { factsOf } from './facts.ts';
import { messagesOf, type Topics } from './oslo-messages.ts';
import { PageSender, type PageSenderDeps } from './page-sender.ts';

/** Events of one page. */
export const PAGE = 50;
/** How often a publisher that has published everything looks for new events. */
const POLL_MS = 500;
/** How often a conductor that does not publish looks whether it has to. */
const STANDBY_MS = 3_000;
/** How long after a failure a page is tried again. */
const RETRY_MS = 2_000;
/** How long a publisher that died keeps others from publishing; longer than a page takes. */
const HOLD_SECONDS = 30;

export interface PublisherDeps extends PageSenderDeps {
  readonly db: WholeDb;
  readonly clock: Clock;
  /** The host of this conductor. */
  readonly holder: string;
  readonly rules: NotificationRules;
  readonly topics: Topics;
}

export class NotificationPublisher {
  readonly #deps: PublisherDeps;
  readonly #sender: PageSender;
  /** Whether there is a cursor; once made, it stays. */
  #hasCursor = false;
  /** How often in a row it has failed, whatever the reason. */
  #failures = 0;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
    this.#sender = new PageSender(deps);
  }

  /** Publishes until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { db, clock, holder } = this.#deps;
    while (!signal.aborted) {
      const pauseMs = await this.#round(signal);
      if (pauseMs > 0) await clock.sleep(pauseMs, signal).catch(() => {});
    }
    // Only a courtesy to the next publisher: without it, that one waits until the time is over.
    await leaveCursor(db, holder).catch(() => {});
  }

  /** Publishes a page, or notes that it failed. @returns how long to pause */
  async #round(signal: AbortSignal): Promise<number> {
    try {
      const pauseMs = await this.#publishPage(signal);
      this.#failures = 0;
      return pauseMs;
    } catch (error) {
      return this.#failed(error, signal);
    }
  }

  async #publishPage(signal: AbortSignal): Promise<number> {
    const { db, holder } = this.#deps;
    const from = await this.#hold();
    if (from === undefined) return STANDBY_MS;
    const { events, next } = await readEvents(db, from, PAGE);
    if (events.length === 0) return POLL_MS;
    const messages = await this.#messages(events);
    if (messages.length > 0) await this.#sender.send(from, messages, signal);
    await moveCursor(db, { holder, from, to: next });
    return events.length < PAGE ? POLL_MS : 0;
  }

  async #hold() {
    const { db, holder } = this.#deps;
    if (!this.#hasCursor) await createCursor(db);
    this.#hasCursor = true;
    return await holdCursor(db, { holder, seconds: HOLD_SECONDS });
  }

  async #messages(events: readonly LoggedEvent[]): Promise<readonly Outgoing[]> {
    // The order of their sequences is that in which the events of one subject happened.
    const inOrder = events.toSorted((one, other) => one.sequence - other.sequence);
    const facts = await factsOf(this.#deps.db, inOrder);
    return inOrder.flatMap((event, place) => this.#messagesOf(event, facts[place]));
  }

  /** The messages of an event. A mistake here must not keep all later events from being told. */
  #messagesOf(event: LoggedEvent, facts: Telling['facts'] | undefined): readonly Outgoing[] {
    const { rules, topics, log } = this.#deps;
    if (!facts) return [];
    const telling = { event, facts, rules };
    try {
      return messagesOf(telling, notificationsOf(telling), topics);
    } catch (err) {
      log.error({ err, type: event.type, position: event.position }, 'an event could not be told as a notification');
      return [];
    }
  }

  #failed(error: unknown, signal: AbortSignal): number {
    const { log } = this.#deps;
    if (signal.aborted) return 0;
    this.#failures += 1;
    const what = { failures: this.#failures, error: messageOf(error) };
    // One line when it begins; the attempts after it are for debugging.
    if (this.#failures === 1) log.warn(what, 'notifications could not be published; they wait in the event log');
    else log.debug(what, 'notifications could still not be published');
    return RETRY_MS;
  }
}
