import { type Kysely, sql } from 'kysely';

/** What shelved servers are started from, and who created servers, as images of them say. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE servers ADD COLUMN shelved jsonb, ADD COLUMN creator jsonb`.execute(db);
  await sql`CREATE INDEX servers_shelved ON servers ((shelved ->> 'at')) WHERE vm_state = 'shelved'`.execute(db);
}
