import { type Kysely, sql } from 'kysely';

/** The nodes of hosts, and which CPUs and pages of them servers have. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE compute_nodes ADD COLUMN topology jsonb`.execute(db);
  await sql`ALTER TABLE placements ADD COLUMN numa jsonb`.execute(db);
  await sql`CREATE INDEX placements_with_numa ON placements (host) WHERE numa IS NOT NULL`.execute(db);
}
