import { type Kysely, sql } from 'kysely';

/** Clients' own attributes of projects and users. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE projects ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'`.execute(db);
  await sql`ALTER TABLE users ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'`.execute(db);
}
