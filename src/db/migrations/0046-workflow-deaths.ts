import { type Kysely, sql } from 'kysely';

/** The tries of a step that failed are counted apart from those whose owner died: `attempt` counts both, and those that gave way to a stop. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE workflows ADD COLUMN refusals integer NOT NULL DEFAULT 0, ADD COLUMN deaths integer NOT NULL DEFAULT 0`.execute(db);
}
