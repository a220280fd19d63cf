import type { Clock } from '../lib/clock/clock.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Log } from '../lib/log/log.ts';
import type { Member, ServiceGroupDriver } from './driver.ts';

export interface ServiceGroupOptions {
  /** How often a member tells that it lives, in milliseconds (`report_interval`). */
  readonly reportIntervalMs: number;
  /** After how many seconds of silence a member counts as down (`service_down_time`). */
  readonly downAfterSeconds: number;
}

/** Who of us is alive. Every service joins at start; others ask here before they rely on it. */
export class ServiceGroup {
  readonly #driver: ServiceGroupDriver;
  readonly #options: ServiceGroupOptions;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(driver: ServiceGroupDriver, options: ServiceGroupOptions, deps: { clock: Clock; log: Log }) {
    this.#driver = driver;
    this.#options = options;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Beats for all of these until the signal aborts; the first beat is awaited, later ones that fail are only logged, for the next may succeed. */
  async join(members: readonly Member[], signal: AbortSignal): Promise<void> {
    await this.beat(members);
    void this.#keepBeating(members, signal);
  }

  /** Tells the group that members live which cannot tell it themselves; answers those that had been silent for too long. */
  async beat(members: readonly Member[]): Promise<readonly Member[]> {
    const known = await this.#driver.beat(members);
    return known.filter(({ silentSeconds }) => silentSeconds > this.#options.downAfterSeconds);
  }

  /** Whether a member counts as up. Of its silence no more counts than the `heardForSeconds` for which it could have been heard. */
  async isUp(member: Member, heardForSeconds = Number.POSITIVE_INFINITY): Promise<boolean> {
    const known = await this.#driver.silence(member);
    return known !== undefined && this.counts({ ...known, silentSeconds: Math.min(known.silentSeconds, heardForSeconds) });
  }

  /** Whether a member heard of so long ago counts as up. */
  counts(known: { readonly silentSeconds: number; readonly forcedDown: boolean }): boolean {
    return !known.forcedDown && known.silentSeconds <= this.#options.downAfterSeconds;
  }

  async #keepBeating(members: readonly Member[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#options.reportIntervalMs, signal);
        await this.beat(members);
      } catch (error) {
        if (!signal.aborted)
          this.#log.warn({ members: members.length, error: messageOf(error) }, 'no sign of life could be given; trying again');
      }
    }
  }
}
