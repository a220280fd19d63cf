import { type Kysely, sql } from 'kysely';

/** From where users have logged in: guesses from elsewhere do not lock them out there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE login_addresses (subject text PRIMARY KEY, last_at timestamptz NOT NULL)`.execute(db);
  await sql`CREATE INDEX login_addresses_by_age ON login_addresses (last_at)`.execute(db);
}
