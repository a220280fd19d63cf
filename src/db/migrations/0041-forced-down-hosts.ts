import { type Kysely, sql } from 'kysely';

/** A service that was forced down is told so at its first heartbeat after it no longer is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE services ADD COLUMN was_forced_down boolean NOT NULL DEFAULT false`.execute(db);
}
