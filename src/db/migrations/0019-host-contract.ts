import { type Kysely, sql } from 'kysely';

/** Which contract a host speaks (1: it reported none), and the last heartbeat of a host that works on a workflow's task. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE compute_nodes ADD COLUMN contract integer NOT NULL DEFAULT 1`.execute(db);
  await sql`ALTER TABLE workflows ADD COLUMN heard_at timestamptz, ADD COLUMN heard text`.execute(db);
}
