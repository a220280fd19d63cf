import { type Kysely, sql } from 'kysely';

/** Whoever boots a server from a volume asks which server lists it; without an index that reads all servers of the cloud. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE INDEX servers_by_volume ON servers USING gin (volumes jsonb_path_ops)
    WHERE vm_state <> 'deleted' AND volumes <> '[]'`.execute(db);
}
