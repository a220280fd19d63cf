import { type Kysely, sql } from 'kysely';

/** Optional capabilities of hosts' hypervisors. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE compute_nodes ADD COLUMN capabilities jsonb`.execute(db);
}
