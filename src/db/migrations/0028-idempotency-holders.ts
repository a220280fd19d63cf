import { type Kysely, sql } from 'kysely';

/** The process that works on a key: when it is gone, the key is free before its time is over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE idempotency_keys ADD COLUMN holder text`.execute(db);
}
