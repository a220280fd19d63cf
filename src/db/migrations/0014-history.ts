import { type Kysely, sql } from 'kysely';

/** Indexes to find old rows: these tables grow in order of time, so BRIN indexes suffice, and cost writers almost nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX events_by_age ON events USING brin (at) WITH (autosummarize = on)`.execute(db);
  await sql`CREATE INDEX scheduling_decisions_by_age ON scheduling_decisions USING brin (at) WITH (autosummarize = on)`.execute(db);
  await sql`CREATE INDEX servers_by_end ON servers (terminated_at) WHERE vm_state = 'deleted'`.execute(db);
}
