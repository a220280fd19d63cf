import { type Kysely, sql } from 'kysely';

/** The PCI devices of hosts, and which of them servers have. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE compute_nodes ADD COLUMN devices jsonb`.execute(db);
  await sql`ALTER TABLE placements ADD COLUMN devices jsonb`.execute(db);
  await sql`CREATE INDEX placements_with_devices ON placements (host) WHERE devices IS NOT NULL`.execute(db);
}
