import { type Kysely, sql } from 'kysely';

/** Secrets that the services of a cloud share, generated once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE cloud_secrets (name text PRIMARY KEY, value text NOT NULL)`.execute(db);
}
