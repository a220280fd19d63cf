/** The books of failed logins, shared by all processes: whoever guesses finds the same door closed everywhere. */
import { sql } from 'kysely';
import type { CloudDb } from '../../sql/queries.ts';

/** How failures of one kind are answered. */
export interface Patience {
  /** Failures that cost nothing. */
  readonly free: number;
  /** Each further one closes the door twice as long as the one before, from one second up to this many. */
  readonly longestSeconds: number;
}

/** After this time without a failure all is forgotten. */
const MEMORY_SECONDS = 900;
/** Rows forgotten at each failure: more than come in, so the table cannot grow beyond what is remembered. */
const FORGET_AT_ONCE = 100;

/** Whether the door is closed for any of the subjects now. */
export async function isLocked(db: CloudDb, subjects: readonly string[], now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('login_failures')
    .select('subject')
    .where('subject', 'in', subjects)
    .where('locked_until', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** Books a failure. Counting and closing are one statement: failures at one time in many processes all count. */
export async function bookFailure(db: CloudDb, subject: string, { free, longestSeconds }: Patience, now: Date): Promise<void> {
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
  sql`(CASE WHEN f.last_at < ${now}::timestamptz - make_interval(secs => ${MEMORY_SECONDS}) THEN 1 ELSE f.failures + 1 END)`;

/** A login that went well forgets the failures before it. */
export async function forgetFailures(db: CloudDb, subjects: readonly string[]): Promise<void> {
  await db.deleteFrom('login_failures').where('subject', 'in', subjects).execute();
}

/** Removes what is too old to matter. */
export async function forgetOldFailures(db: CloudDb, now: Date): Promise<void> {
  await sql`
    DELETE FROM login_failures WHERE subject IN (
      SELECT subject FROM login_failures WHERE last_at < ${now}::timestamptz - make_interval(secs => ${MEMORY_SECONDS})
      LIMIT ${FORGET_AT_ONCE} FOR UPDATE SKIP LOCKED)`.execute(db);
}
