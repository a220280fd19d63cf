/** The invariants of the books, as values: each finds its breaches, and may have a repair. */
import type { InWhole, WholeDb } from '../db/sql/queries.ts';

/** The most breaches of one invariant that a check reports: beyond that it is one disaster, not many breaches. */
export const MAX_BREACHES = 100;

/** One place where an invariant does not hold. */
export interface Breach {
  /** The id of the broken thing, unique within an invariant. */
  readonly subject: string;
  /** What is wrong, as a sentence. */
  readonly what: string;
  /** What was found, by name. */
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
  /** What repairs it without harm, in words. */
  readonly repair: string;
}

/** Repairs a breach in one transaction: locks what it is about, checks it again, then applies the repair. */
export interface Repair {
  /** Takes the locks under which operations change the subject. */
  lock(trx: InWhole, breach: Breach): Promise<unknown>;
  /** Called only if the breach was found again under the locks. `requestId` is the repair run's own. */
  apply(trx: InWhole, breach: Breach, requestId: string): Promise<unknown>;
}

/** A condition that holds at every instant in a consistent cloud. */
export interface Invariant {
  readonly name: string;
  /** The condition, as a sentence. */
  readonly sentence: string;
  /** Whether conductors repair it unasked: the repair needs no decision and changes nothing that anybody could miss. */
  readonly isSelfHealing: boolean;
  /** At most MAX_BREACHES, in a fixed order. Work in progress is no breach. */
  find(db: WholeDb): Promise<readonly Breach[]>;
  /** Absent if only an operator can decide. */
  readonly repair?: Repair;
}
