import { type Kysely, sql } from 'kysely';

/** The hypervisor's name of a server's guest: two clouds on one hypervisor need different names. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE servers ADD COLUMN guest_name_template text NOT NULL DEFAULT 'instance-%08x'`.execute(db);
}
