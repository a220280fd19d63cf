import { type Kysely, sql } from 'kysely';

/** Finding what is old: these tables grow in the order of time, so a summary for each stretch of them is enough, and costs writers nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX events_by_age ON events USING brin (at) WITH (autosummarize = on)`.execute(db);
  await sql`CREATE INDEX scheduling_decisions_by_age ON scheduling_decisions USING brin (at) WITH (autosummarize = on)`.execute(db);
  await sql`CREATE INDEX servers_by_end ON servers (terminated_at) WHERE vm_state = 'deleted'`.execute(db);
}
