import type { WholeDb } from '../db/sql/queries.ts';
import { transaction } from '../db/sql/retry.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Breach, Invariant } from './invariant.ts';
import { rowInvariants } from './invariants/index.ts';

/** What is looked at beside the database, by whoever can: asked before the books are read. */
export interface Surroundings {
  readonly invariants: readonly Invariant[];
  /** What could not be looked at and why, as sentences. */
  readonly notChecked: readonly string[];
  /** What should have answered and did not: nobody knows whether all is well. */
  readonly silent: readonly string[];
}

/** An invariant and what breaks it. */
export interface Finding {
  readonly invariant: Invariant;
  readonly breaches: readonly Breach[];
}

/** What one look at the books found. */
export interface Verdict extends Omit<Surroundings, 'invariants'> {
  readonly findings: readonly Finding[];
  readonly isClean: boolean;
}

export interface BooksDeps {
  readonly db: WholeDb;
  readonly clock: Clock;
  /** Asks hosts and stores, as often as the books are read. */
  readonly surroundings: () => Promise<Surroundings>;
}

/** Checks every invariant at one instant of the database, however busy the cloud is; changes nothing. */
export async function verifyBooks({ db, clock, surroundings }: BooksDeps): Promise<Verdict> {
  const { invariants, notChecked, silent } = await surroundings();
  const findings = await transaction(
    db,
    async (trx) => {
      const found: Finding[] = [];
      for (const invariant of [...rowInvariants, ...invariants]) found.push({ invariant, breaches: await invariant.find(trx) });
      return found;
    },
    { isolation: 'repeatable read', accessMode: 'read only', clock },
  );
  return { findings, notChecked, silent, isClean: findings.every(({ breaches }) => breaches.length === 0) };
}
