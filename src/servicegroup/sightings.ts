/** What one process has seen of members at an engine, and what follows from it. Pure: times are arguments. */
import type { Look, Recorded } from './driver.ts';

/** Whether a member counts as up, and what there is to say about it. */
export interface Verdict {
  readonly isUp: boolean;
  /** Seconds since its last sign of life. */
  readonly silentSeconds: number;
  /** Why it counts as down, or why nothing is known for certain; absent for a member that is up. */
  readonly reason?: string;
}

export interface SightingRules {
  /** The engine as operators know it. */
  readonly engine: string;
  readonly settleMs: number;
  readonly downAfterSeconds: number;
}

interface Seen {
  /** When it was last present. */
  readonly presentMs: number;
  /** When it was first found absent since; undefined while it is present. */
  readonly absentMs?: number;
}

/** By its recorded heartbeat alone. */
export function byRecord({ silentSeconds, forcedDown }: Recorded, downAfterSeconds: number): Verdict {
  if (forcedDown) return { isUp: false, silentSeconds, reason: 'forced down by an operator' };
  if (silentSeconds <= downAfterSeconds) return { isUp: true, silentSeconds };
  return { isUp: false, silentSeconds, reason: `no heartbeat for ${Math.round(silentSeconds)} s, ${downAfterSeconds} s are allowed` };
}

/**
 * Absence proves only something about a member that was seen present since the engine last forgot anything. Whatever else happens (the
 * engine is away, was emptied, or never had the member) the recorded heartbeat decides, and that is told. So members whose heartbeats
 * arrive never look dead because an engine does.
 */
export class Sightings {
  readonly #rules: SightingRules;
  readonly #seen = new Map<string, Seen>();
  #incarnation: string | undefined;
  #lost: { readonly atMs: number; readonly why: string } | undefined;

  constructor(rules: SightingRules) {
    this.#rules = rules;
  }

  /** Takes a look at these members. */
  take(keys: readonly string[], { present, incarnation }: Look, nowMs: number): void {
    // An engine that was away may have ended what members could not renew.
    if (incarnation !== this.#incarnation || this.#lost) this.#seen.clear();
    this.#lost = undefined;
    this.#incarnation = incarnation;
    for (const key of keys) {
      const before = this.#seen.get(key);
      if (present.has(key)) this.#seen.set(key, { presentMs: nowMs });
      else if (before && before.absentMs === undefined) this.#seen.set(key, { ...before, absentMs: nowMs });
    }
  }

  /** The engine does not answer. */
  lose(why: string, nowMs: number): void {
    this.#lost ??= { atMs: nowMs, why };
  }

  verdict(key: string, recorded: Recorded, nowMs: number): Verdict {
    const { engine, settleMs, downAfterSeconds } = this.#rules;
    const seen = this.#seen.get(key);
    const plain = byRecord(recorded, downAfterSeconds);
    if (recorded.forcedDown) return plain;
    const absentForMs = seen?.absentMs === undefined ? undefined : nowMs - seen.absentMs;
    const unseenMs = nowMs - (seen?.presentMs ?? Number.NEGATIVE_INFINITY);
    const silentSeconds = Math.min(recorded.silentSeconds, unseenMs / 1000);
    const isGone = absentForMs !== undefined && absentForMs >= settleMs;
    if (this.#lost) {
      const lostForMs = nowMs - this.#lost.atMs;
      const unknown = `${engine} has not answered for ${seconds(lostForMs)} s (${this.#lost.why})`;
      // A heartbeat since then says more than an absence before.
      if (isGone && recorded.silentSeconds * 1000 > lostForMs)
        return { isUp: false, silentSeconds, reason: `gone when last seen; ${unknown}` };
      return unknownBut(plain, unknown);
    }
    if (isGone) return { isUp: false, silentSeconds: unseenMs / 1000, reason: `not in ${engine} for ${seconds(unseenMs)} s` };
    if (seen && absentForMs === undefined) return { isUp: true, silentSeconds };
    return unknownBut(plain, seen ? `not in ${engine} for ${seconds(absentForMs ?? 0)} s` : `not yet seen in ${engine}`);
  }
}

const seconds = (ms: number): number => Math.round(ms / 1000);

const unknownBut = ({ reason, ...plain }: Verdict, unknown: string): Verdict => ({
  ...plain,
  reason: plain.isUp ? `unknown: ${unknown}; its heartbeats arrive` : `${reason}; ${unknown}`,
});
