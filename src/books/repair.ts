import { transaction } from '../db/sql/retry.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Breach, Invariant, Repair } from './invariant.ts';
import type { BooksDeps, Verdict } from './verify.ts';

/** The outcome of a repair. */
export interface Repaired {
  readonly invariant: string;
  readonly subject: string;
  /** `gone`: the breach no longer existed when it was checked again under the locks. */
  readonly outcome: 'repaired' | 'gone' | 'failed';
  /** Why it failed. */
  readonly error?: string;
}

/** Repairs what can be repaired, each breach in a transaction of its own. */
export async function repairBooks(
  deps: Pick<BooksDeps, 'db' | 'clock'>,
  { findings }: Verdict,
  { requestId, isWanted = () => true }: { readonly requestId: string; readonly isWanted?: (invariant: Invariant) => boolean },
): Promise<readonly Repaired[]> {
  const done: Repaired[] = [];
  for (const { invariant, breaches } of findings) {
    const { repair } = invariant;
    if (!repair || !isWanted(invariant)) continue;
    for (const breach of breaches) {
      const about = { invariant: invariant.name, subject: breach.subject };
      try {
        done.push({ ...about, outcome: (await repairOne(deps, { invariant, repair, breach, requestId })) ? 'repaired' : 'gone' });
      } catch (error) {
        // A failed repair must not prevent the others.
        done.push({ ...about, outcome: 'failed', error: messageOf(error) });
      }
    }
  }
  return done;
}

interface Repairing {
  readonly invariant: Invariant;
  readonly repair: Repair;
  readonly breach: Breach;
  readonly requestId: string;
}

/** Checks the breach again under the locks; returns false if it is gone. */
const repairOne = ({ db, clock }: Pick<BooksDeps, 'db' | 'clock'>, { invariant, repair, breach, requestId }: Repairing): Promise<boolean> =>
  transaction(
    db,
    async (trx) => {
      await repair.lock(trx, breach);
      const still = (await invariant.find(trx)).find(({ subject }) => subject === breach.subject);
      if (!still) return false;
      await repair.apply(trx, still, requestId);
      return true;
    },
    { clock },
  );
