import { type Kysely, sql } from 'kysely';

/** The password that a guest chose for itself, encrypted for its owner. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE servers ADD COLUMN guest_password text`.execute(db);
}
