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

  /** Beats until the signal aborts; the first beat is awaited, later ones that fail are only logged, for the next may succeed. */
  async join(member: Member, signal: AbortSignal): Promise<void> {
    await this.beat(member);
    void this.#keepBeating(member, signal);
  }

  /** Tells the group that a member lives which cannot tell it itself. */
  beat(member: Member): Promise<void> {
    return this.#driver.beat(member);
  }

  async isUp(member: Member): Promise<boolean> {
    const known = (await this.#driver.silence()).find((other) => other.host === member.host && other.binary === member.binary);
    return known !== undefined && this.counts(known);
  }

  /** Whether a member heard of so long ago counts as up. */
  counts(known: { readonly silentSeconds: number; readonly forcedDown: boolean }): boolean {
    return !known.forcedDown && known.silentSeconds <= this.#options.downAfterSeconds;
  }

  async #keepBeating(member: Member, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#options.reportIntervalMs, signal);
        await this.beat(member);
      } catch (error) {
        if (!signal.aborted) this.#log.warn({ member, error: messageOf(error) }, 'no sign of life could be given; trying again');
      }
    }
  }
}
