import { transaction } from '../db/sql/retry.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Breach, Invariant, Repair } from './invariant.ts';
import type { BooksDeps, Verdict } from './verify.ts';

/** What became of a breach. */
export interface Repaired {
  readonly invariant: string;
  readonly subject: string;
  /** `gone`: it was not there any more when it was looked for under the locks. */
  readonly outcome: 'repaired' | 'gone' | 'failed';
  /** Why it failed. */
  readonly error?: string;
}

/** Mends what can be mended, one breach after the other, each in a transaction of its own. */
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
        done.push({ ...about, outcome: (await mend(deps, { invariant, repair, breach, requestId })) ? 'repaired' : 'gone' });
      } catch (error) {
        // One that cannot be mended must not keep the others from it.
        done.push({ ...about, outcome: 'failed', error: messageOf(error) });
      }
    }
  }
  return done;
}

interface Mending {
  readonly invariant: Invariant;
  readonly repair: Repair;
  readonly breach: Breach;
  readonly requestId: string;
}

/** Under the locks the breach either is what it was, or somebody has changed what it is about. */
const mend = ({ db, clock }: Pick<BooksDeps, 'db' | 'clock'>, { invariant, repair, breach, requestId }: Mending): Promise<boolean> =>
  transaction(
    db,
    async (trx) => {
      await repair.lock(trx, breach);
      const still = (await invariant.find(trx)).find(({ subject }) => subject === breach.subject);
      if (!still) return false;
      await repair.mend(trx, still, requestId);
      return true;
    },
    { clock },
  );
