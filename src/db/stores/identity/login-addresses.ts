/** From where users have logged in, as hashes of user and address. */
import { sql } from 'kysely';
import type { CloudDb } from '../../sql/queries.ts';

/** An address without a login is forgotten after this time. */
const KNOWN_DAYS = 90;
/** A login does not write if the last write is younger than this. */
const REFRESH_HOURS = 24;
/** Expired rows deleted with each new one: more than are added, so the table stays small. */
const DELETED_AT_ONCE = 100;

/** Whether there was a login in the last {@link KNOWN_DAYS} days. */
export async function isKnownAddress(db: CloudDb, subject: string, now: Date): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM login_addresses WHERE subject = ${subject} AND last_at > ${ago(now)}`.execute(db);
  return rows.length > 0;
}

/** Records a login. */
export async function recordAddress(db: CloudDb, subject: string, now: Date): Promise<void> {
  const { numAffectedRows = 0n } = await sql`
    INSERT INTO login_addresses AS a (subject, last_at) VALUES (${subject}, ${now}) ON CONFLICT (subject) DO UPDATE
      SET last_at = ${now} WHERE a.last_at < ${now}::timestamptz - make_interval(hours => ${REFRESH_HOURS})`.execute(db);
  if (numAffectedRows === 0n) return;
  await sql`
    DELETE FROM login_addresses WHERE subject IN (
      SELECT subject FROM login_addresses WHERE last_at <= ${ago(now)} LIMIT ${DELETED_AT_ONCE} FOR UPDATE SKIP LOCKED)`.execute(db);
}

const ago = (now: Date) => sql`${now}::timestamptz - make_interval(days => ${KNOWN_DAYS})`;
