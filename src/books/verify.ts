import type { WholeDb } from '../db/sql/queries.ts';
import { transaction } from '../db/sql/retry.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Breach, Invariant } from './invariant.ts';
import { rowInvariants } from './invariants/index.ts';

/** What to check outside the database; collected before the database is read. */
export interface Surroundings {
  readonly invariants: readonly Invariant[];
  /** What could not be checked, and why. */
  readonly notChecked: readonly string[];
  /** What should have answered but did not, so that its state is unknown. */
  readonly silent: readonly string[];
}

/** An invariant with its breaches. */
export interface Finding {
  readonly invariant: Invariant;
  readonly breaches: readonly Breach[];
}

/** The result of one check of the books. */
export interface Verdict extends Omit<Surroundings, 'invariants'> {
  readonly findings: readonly Finding[];
  readonly isClean: boolean;
}

export interface BooksDeps {
  readonly db: WholeDb;
  readonly clock: Clock;
  /** Asks hosts and image stores; called for each check. */
  readonly surroundings: () => Promise<Surroundings>;
}

/** Checks every invariant on one snapshot of the database; changes nothing. */
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
