import { type Kysely, sql } from 'kysely';

/** The volumes of a server, which every view of it shows, are part of its row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE servers ADD COLUMN volumes jsonb NOT NULL DEFAULT '[]'`.execute(db);
}
