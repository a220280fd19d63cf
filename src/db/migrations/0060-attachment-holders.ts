import { type Kysely, sql } from 'kysely';

/** Who holds an attachment is known from its reservation on: what a server without a guest reserves is as much its own as what it is connected to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE volume_attachments ADD COLUMN held_by text`.execute(db);
  await sql`
    UPDATE volume_attachments SET held_by = 'compute'
    WHERE connector ->> 'held_by' = 'compute'
      OR id IN (SELECT one ->> 'attachmentId' FROM servers, jsonb_array_elements(volumes) AS one)`.execute(db);
}
