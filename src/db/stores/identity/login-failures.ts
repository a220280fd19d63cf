/** Counts of failed logins, shared by all processes: a lockout holds everywhere. */
import { sql } from 'kysely';
import type { CloudDb } from '../../sql/queries.ts';

/** How failures of one kind lead to a lockout. */
export interface LockoutRule {
  /** Failures without a lockout. */
  readonly free: number;
  /** Each further failure locks out for twice as long as the one before, from one second up to this many. */
  readonly longestSeconds: number;
}

/** A count expires after this time without a failure. */
const EXPIRES_AFTER_SECONDS = 900;
/** Expired rows deleted at each failure: more than are added, so the table stays small. */
const DELETED_AT_ONCE = 100;

/** Whether any of the subjects is locked out now. */
export async function isLocked(db: CloudDb, subjects: readonly string[], now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('login_failures')
    .select('subject')
    .where('subject', 'in', subjects)
    .where('locked_until', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** Counts a failure. Counting and locking are one statement, so concurrent failures in many processes all count. */
export async function countFailure(db: CloudDb, subject: string, { free, longestSeconds }: LockoutRule, now: Date): Promise<void> {
  await sql`
    INSERT INTO login_failures AS f (subject, failures, last_at, locked_until) VALUES (${subject}, 1, ${now}, ${now})
    ON CONFLICT (subject) DO UPDATE SET
      failures = ${countAfter(now)},
      last_at = greatest(f.last_at, ${now}),
      locked_until = CASE WHEN ${countAfter(now)} <= ${free}::int THEN f.locked_until
        ELSE ${now}::timestamptz + make_interval(secs => least(${longestSeconds}::int, power(2, least(20, ${countAfter(now)} - ${free}::int - 1)))) END`.execute(
    db,
  );
}

const countAfter = (now: Date) =>
  sql`(CASE WHEN f.last_at < ${now}::timestamptz - make_interval(secs => ${EXPIRES_AFTER_SECONDS}) THEN 1 ELSE f.failures + 1 END)`;

/** Resets the counts after a successful login. */
export async function forgetFailures(db: CloudDb, subjects: readonly string[]): Promise<void> {
  await db.deleteFrom('login_failures').where('subject', 'in', subjects).execute();
}

/** Deletes expired counts. */
export async function forgetOldFailures(db: CloudDb, now: Date): Promise<void> {
  await sql`
    DELETE FROM login_failures WHERE subject IN (
      SELECT subject FROM login_failures WHERE last_at < ${now}::timestamptz - make_interval(secs => ${EXPIRES_AFTER_SECONDS})
      LIMIT ${DELETED_AT_ONCE} FOR UPDATE SKIP LOCKED)`.execute(db);
}
