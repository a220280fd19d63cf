import type { Clock } from '../lib/clock/clock.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Log } from '../lib/log/log.ts';
import type { Member, Recorded, ServiceRecords } from './driver.ts';
import type { Presence } from './presence.ts';
import { byRecord, type Verdict } from './sightings.ts';

export type { Verdict };

export interface ServiceGroupOptions {
  /** The interval between heartbeats, in milliseconds (`report_interval`). */
  readonly reportIntervalMs: number;
  /** Seconds without a heartbeat after which a member counts as down (`service_down_time`). */
  readonly downAfterSeconds: number;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  /** The engine in which members are present, if there is one beside the records. */
  readonly presence?: Presence | undefined;
}

/** Tracks which services are alive. Every service joins at start; others check here before they rely on it. */
export class ServiceGroup {
  readonly #records: ServiceRecords;
  readonly #options: ServiceGroupOptions;
  readonly #deps: Deps;

  constructor(records: ServiceRecords, options: ServiceGroupOptions, deps: Deps) {
    this.#records = records;
    this.#options = options;
    this.#deps = deps;
  }

  /** Sends heartbeats for these members until the signal aborts. The first one is awaited; later failures are logged and retried. */
  async join(members: readonly Member[], signal: AbortSignal): Promise<void> {
    await this.beat(members);
    void this.#keepBeating(members, signal);
    void this.#deps.presence?.keep(members, signal);
  }

  /** Records one heartbeat on behalf of these members; returns those that had counted as down by their records. */
  async beat(members: readonly Member[]): Promise<readonly Member[]> {
    const known = await this.#records.beat(members);
    return known.filter(({ silentSeconds, wasForcedDown }) => wasForcedDown || silentSeconds > this.#options.downAfterSeconds);
  }

  /** Whether a member counts as up. Silence is capped at `heardForSeconds`, the time for which its heartbeats could arrive at all. */
  async isUp(member: Member, heardForSeconds = Number.POSITIVE_INFINITY): Promise<boolean> {
    const known = await this.#records.silence(member);
    if (known === undefined) return false;
    const silentSeconds = Math.min(known.silentSeconds, heardForSeconds);
    const [verdict] = await this.judge([{ ...member, silentSeconds, forcedDown: known.forcedDown }]);
    return verdict?.isUp ?? false;
  }

  /** Tells of members, given by their records, whether they count as up and why not. */
  async judge<T extends Member & Recorded>(records: readonly T[]): Promise<readonly (T & Verdict)[]> {
    const { presence } = this.#deps;
    const { downAfterSeconds } = this.#options;
    const verdicts = presence ? await presence.verdicts(records) : records.map((record) => byRecord(record, downAfterSeconds));
    return records.map((record, n) => ({ ...record, ...(verdicts[n] ?? byRecord(record, downAfterSeconds)) }));
  }

  /**
   * Of these compute hosts those that count as down, with the seconds since a sign of life. `tooOld` are those whose records are too old:
   * without an engine there is nothing more to know.
   */
  async silentHosts(
    hosts: readonly { readonly host: string; readonly forcedDown: boolean }[],
    tooOld: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, number>> {
    if (!this.#deps.presence) return tooOld;
    const records = hosts.map(({ host, forcedDown }) => ({
      binary: 'nova-compute',
      host,
      forcedDown,
      silentSeconds: tooOld.get(host) ?? 0,
    }));
    const silent = (await this.judge(records)).filter(({ isUp, forcedDown }) => !isUp && !forcedDown);
    return new Map(silent.map(({ host, silentSeconds }) => [host, silentSeconds]));
  }

  async #keepBeating(members: readonly Member[], signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    while (!signal.aborted) {
      try {
        await clock.sleep(this.#options.reportIntervalMs, signal);
        await this.beat(members);
      } catch (error) {
        if (!signal.aborted)
          log.warn({ members: members.length, error: messageOf(error) }, 'the heartbeat could not be sent; trying again');
      }
    }
  }
}
