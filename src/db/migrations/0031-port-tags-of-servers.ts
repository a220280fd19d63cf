import { type Kysely, sql } from 'kysely';

/** The tag that a server's owner gave to one of its ports: its guest finds the network card by it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE ports ADD COLUMN server_tag text`.execute(db);
}
