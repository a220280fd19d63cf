import { type Kysely, sql } from 'kysely';

/** When a server was deleted that can still be restored, and the password for the guest that is being made. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE servers ADD COLUMN deleted_at timestamptz, ADD COLUMN admin_password text`.execute(db);
  await sql`CREATE INDEX servers_to_reclaim ON servers (deleted_at) WHERE vm_state = 'soft-delete'`.execute(db);
}
