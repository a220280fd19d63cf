import { type Kysely, sql } from 'kysely';

/** What hosts' hypervisors can do that not every one can. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE compute_nodes ADD COLUMN capabilities jsonb`.execute(db);
}
