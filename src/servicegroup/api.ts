import type { Clock } from '../lib/clock/clock.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Log } from '../lib/log/log.ts';
import type { Member, ServiceGroupDriver } from './driver.ts';

export interface ServiceGroupOptions {
  /** The interval between heartbeats, in milliseconds (`report_interval`). */
  readonly reportIntervalMs: number;
  /** Seconds without a heartbeat after which a member counts as down (`service_down_time`). */
  readonly downAfterSeconds: number;
}

/** Tracks which services are alive. Every service joins at start; others check here before they rely on it. */
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

  /** Sends heartbeats for these members until the signal aborts. The first one is awaited; later failures are logged and retried. */
  async join(members: readonly Member[], signal: AbortSignal): Promise<void> {
    await this.beat(members);
    void this.#keepBeating(members, signal);
  }

  /** Sends one heartbeat on behalf of these members; returns those that had counted as down. */
  async beat(members: readonly Member[]): Promise<readonly Member[]> {
    const known = await this.#driver.beat(members);
    return known.filter(({ silentSeconds, wasForcedDown }) => wasForcedDown || silentSeconds > this.#options.downAfterSeconds);
  }

  /** Whether a member counts as up. Silence is capped at `heardForSeconds`, the time for which its heartbeats could arrive at all. */
  async isUp(member: Member, heardForSeconds = Number.POSITIVE_INFINITY): Promise<boolean> {
    const known = await this.#driver.silence(member);
    return known !== undefined && this.counts({ ...known, silentSeconds: Math.min(known.silentSeconds, heardForSeconds) });
  }

  /** Whether a member that has been silent this long counts as up. */
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
          this.#log.warn({ members: members.length, error: messageOf(error) }, 'the heartbeat could not be sent; trying again');
      }
    }
  }
}
