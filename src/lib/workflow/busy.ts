import { type QueryExecutorProvider, sql } from 'kysely';
import { LIVE } from './tables.ts';

/** Whether a workflow of the subject has not ended yet. For processes without an engine. */
export async function isBusy(db: QueryExecutorProvider, subject: string): Promise<boolean> {
  const { rows } = await sql`select from workflows where subject = ${subject} and status in ${sql.raw(LIVE)} limit 1`.execute(db);
  return rows.length > 0;
}
