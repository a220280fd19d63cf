import type { Clock } from '../lib/clock/clock.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Log } from '../lib/log/log.ts';
import { type Member, memberKey, type PresenceEngine, type Recorded } from './driver.ts';
import { Sightings, type Verdict } from './sightings.ts';

/** How long a look at a member is good for, in milliseconds. */
const FRESH_MS = 1_000;

/** Ends the pause between two announcements. */
interface Waker {
  wake: () => void;
}

/** Who is present at an engine, for one process: its own members, and what it has seen of others. All its services share one session. */
export class Presence {
  readonly #engine: PresenceEngine;
  readonly #sightings: Sightings;
  readonly #clock: Clock;
  readonly #log: Log;
  /** When each member was last looked at. */
  readonly #lookedMs = new Map<string, number>();
  #looking: Promise<void> = Promise.resolve();
  #isAway = false;
  #isLooking = false;

  constructor(engine: PresenceEngine, options: { readonly downAfterSeconds: number }, deps: { clock: Clock; log: Log }) {
    this.#engine = engine;
    this.#sightings = new Sightings({ engine: engine.name, settleMs: engine.settleMs, downAfterSeconds: options.downAfterSeconds });
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /**
   * Keeps members present until the signal aborts. An engine that is away is waited for: it is no reason not to start. `onReturn` is told of
   * members that had been absent in between, and so may have counted as down.
   */
  async keep(members: readonly Member[], signal: AbortSignal, onReturn: (returned: readonly Member[]) => void = () => {}): Promise<void> {
    let isFirst = true;
    const waker = this.#waker(signal);
    while (!signal.aborted) {
      try {
        const returned = await this.#engine.announce(members);
        this.#answered();
        if (!isFirst && returned.length > 0) onReturn(returned);
        isFirst = false;
      } catch (error) {
        if (!signal.aborted) this.#failed(error);
      }
      await this.#pause(signal, waker);
    }
  }

  /** What is known of members whose records say this, in their order. */
  async verdicts<T extends Member & Recorded>(records: readonly T[]): Promise<readonly Verdict[]> {
    // An engine that is away is looked for meanwhile: while it hangs, nobody waits for it.
    if (!this.#isAway) await this.#lookInTurn(records);
    else if (!this.#isLooking) void this.#lookInTurn(records);
    const nowMs = this.#clock.monotonicMs();
    return records.map((record) => this.#sightings.verdict(memberKey(record), record, nowMs));
  }

  /** One look after the other: the second finds most of what it wants looked at. */
  async #lookInTurn(members: readonly Member[]): Promise<void> {
    this.#isLooking = true;
    const own = this.#looking.then(() => this.#look(members));
    this.#looking = own;
    await own;
    if (this.#looking === own) this.#isLooking = false;
  }

  async #look(members: readonly Member[]): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const stale = members.filter((member) => nowMs - (this.#lookedMs.get(memberKey(member)) ?? Number.NEGATIVE_INFINITY) >= FRESH_MS);
    if (stale.length === 0) return;
    const keys = stale.map(memberKey);
    try {
      this.#sightings.take(keys, await this.#engine.look(stale), this.#clock.monotonicMs());
      this.#answered();
    } catch (error) {
      this.#sightings.lose(messageOf(error), nowMs);
      this.#failed(error);
    }
    for (const key of keys) this.#lookedMs.set(key, this.#clock.monotonicMs());
  }

  async #pause(signal: AbortSignal, waker: Waker): Promise<void> {
    const pause = new AbortController();
    waker.wake = () => pause.abort();
    await this.#clock.sleep(this.#engine.announceEveryMs, AbortSignal.any([signal, pause.signal])).catch(() => {});
  }

  /** Is woken whenever members have to announce themselves at once. It waits for that once: each pause that did would be remembered till then. */
  #waker(signal: AbortSignal): Waker {
    const waker: Waker = { wake: () => {} };
    const listen = async (): Promise<void> => {
      while (!signal.aborted) {
        await this.#engine.lost?.();
        waker.wake();
      }
    };
    if (this.#engine.lost) void listen();
    return waker;
  }

  #answered(): void {
    if (this.#isAway) this.#log.info({ engine: this.#engine.name }, 'the engine of the service group answers again');
    this.#isAway = false;
  }

  /** Told once, not at every attempt. */
  #failed(error: unknown): void {
    if (!this.#isAway)
      this.#log.warn(
        { engine: this.#engine.name, error: messageOf(error) },
        'the engine of the service group does not answer; recorded heartbeats decide meanwhile',
      );
    this.#isAway = true;
  }
}
