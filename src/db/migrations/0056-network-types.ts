import { type Kysely, sql } from 'kysely';

/** What networks are on the wire follows from the rest of them; as columns, lists are filtered by it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE networks
      ADD COLUMN network_type text GENERATED ALWAYS AS (
        CASE WHEN bridge IS NOT NULL THEN 'flat' WHEN external THEN 'local' ELSE 'vxlan' END) STORED,
      ADD COLUMN vni integer GENERATED ALWAYS AS (CASE WHEN bridge IS NULL AND NOT external THEN segmentation_id END) STORED`.execute(db);
}
