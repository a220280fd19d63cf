import { type Kysely, sql } from 'kysely';

/** How far a live migration is; null until its host has told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE server_migrations ADD COLUMN transfer jsonb`.execute(db);
}
