import type { AccessMode, IsolationLevel, Kysely, Transaction } from 'kysely';
import { type Clock, systemClock } from '../../lib/clock/clock.ts';
import { codeOf } from '../../lib/errors/outage.ts';
import type { Queries, TransactionOf } from './queries.ts';
import { PLAN_IS_STALE } from './statement-names.ts';

/** Attempts in all; each wait is twice the one before. */
const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 5;

/** Serialization failure, deadlock, a plan from before a migration: PostgreSQL rolled back, and a retry may succeed. */
const RETRYABLE = ['40001', '40P01', PLAN_IS_STALE];

interface TransactionOptions {
  readonly isolation?: IsolationLevel;
  readonly accessMode?: AccessMode;
  readonly clock?: Clock;
}

/**
 * Runs `work` in a transaction, and retries when PostgreSQL aborts it for a conflict: so `work` must do nothing but
 * talk to the database. Any other error rolls back and is thrown.
 */
export function transaction<Db extends Queries, Result>(
  db: Db,
  work: (trx: TransactionOf<Db>) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result>;
/** The same for a database with other tables. */
export function transaction<Tables, Result>(
  db: Kysely<Tables>,
  work: (trx: Transaction<Tables>) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result>;
export async function transaction<Tables, Result>(
  db: Kysely<Tables>,
  work: (trx: Transaction<Tables>) => Promise<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  const { isolation = 'read committed', accessMode = 'read write', clock = systemClock } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().setIsolationLevel(isolation).setAccessMode(accessMode).execute(work);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !RETRYABLE.includes(codeOf(error))) throw error;
      await clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}
