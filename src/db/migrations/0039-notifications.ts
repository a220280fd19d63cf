import { type Kysely, sql } from 'kysely';

/**
 * How far the event log has been published as notifications, and which conductor publishes. Events keep who caused them; for those
 * that began before this step, only the actions of servers say it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE events ADD COLUMN initiator jsonb`.execute(db);
  await sql`
    CREATE TABLE notification_cursors (
      name text PRIMARY KEY,
      position text NOT NULL,
      holder text,
      held_until timestamptz
    )`.execute(db);
}
