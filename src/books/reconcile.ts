import type { WholeDb } from '../db/sql/queries.ts';
import { sql } from 'kysely';
import type { Ids } from '../lib/clock/ids.ts';
import type { Log } from '../lib/log/log.ts';
import type { Invariant } from './invariant.ts';
import { repairBooks } from './repair.ts';
import { type BooksDeps, verifyBooks } from './verify.ts';

export interface BooksReconcilerDeps extends BooksDeps {
  readonly ids: Ids;
  readonly log: Log;
}

/** Logs every breach, and repairs those that need no decision. A no-op while another process does this. */
export const reconcileBooks = (deps: BooksReconcilerDeps) => (): Promise<void> =>
  oneAtATime(deps.db, async () => {
    const { log, ids } = deps;
    const verdict = await verifyBooks(deps);
    for (const { invariant, breaches } of verdict.findings)
      for (const { what, evidence, repair } of breaches)
        log.error({ invariant: invariant.name, ...evidence, repair }, `the books are broken: ${what}`);
    for (const what of verdict.silent) log.warn({}, `the check of the books is incomplete: ${what}`);
    const requestId = `req-${ids.uuid()}`;
    for (const { outcome, ...repaired } of await repairBooks(deps, verdict, { requestId, isWanted: needsNoDecision }))
      if (outcome === 'failed') log.error({ requestId, ...repaired }, 'a breach of the books could not be repaired');
      else log.warn({ requestId, ...repaired, outcome }, 'a breach of the books was repaired');
  });

const needsNoDecision = ({ isSelfHealing }: Invariant): boolean => isSelfHealing;

const KEY = sql`hashtext('books'), hashtext('reconcile')`;

/** Runs the work unless another process of this cloud does. The lock ends with its database session, and the session with its process. */
async function oneAtATime(db: WholeDb, work: () => Promise<void>): Promise<void> {
  await db.connection().execute(async (connection) => {
    const { rows } = await sql<{ taken: boolean }>`SELECT pg_try_advisory_lock(${KEY}) AS taken`.execute(connection);
    if (rows[0]?.taken !== true) return;
    try {
      await work();
    } finally {
      await sql`SELECT pg_advisory_unlock(${KEY})`.execute(connection);
    }
  });
}
