/** What the books promise, as values: an invariant finds its breaches, and may know how to mend one. */
import type { InWhole, WholeDb } from '../db/sql/queries.ts';

/** How many breaches of one invariant one look tells: more is one disaster, not many breaches. */
export const MAX_BREACHES = 100;

/** One place where the books are not as they must be. */
export interface Breach {
  /** What it is about; one breach of an invariant for each subject. */
  readonly subject: string;
  /** What is wrong, as a sentence. */
  readonly what: string;
  /** What was seen, by name. */
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
  /** What puts it right and can do no harm, in words. */
  readonly repair: string;
}

/** How a breach is mended, in one transaction: what it speaks of is held, it is looked for once more, then it is put right. */
export interface Repair {
  /** Takes the locks under which operations change what the breach is about. */
  lock(trx: InWhole, breach: Breach): Promise<unknown>;
  /** Puts it right; called only when the breach was found again under the locks. `requestId` is the look's own. */
  mend(trx: InWhole, breach: Breach, requestId: string): Promise<unknown>;
}

/** Something that is always so in a sound cloud, at every instant. */
export interface Invariant {
  readonly name: string;
  /** What is so, as a sentence. */
  readonly sentence: string;
  /** Nothing is decided by mending it and nobody can miss what it changes: conductors do so unasked. */
  readonly isSelfHealing: boolean;
  /** At most MAX_BREACHES of them, always in the same order. What is under way is no breach. */
  find(db: WholeDb): Promise<readonly Breach[]>;
  /** Left out where only a person can decide. */
  readonly repair?: Repair;
}
