/** Messages to owners: why work in the background failed. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { VolumeMessagesTable } from '../../schema/volume.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** A message. */
export interface VolumeMessage {
  readonly id: string;
  readonly projectId: string;
  readonly requestId: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly eventId: string;
  readonly text: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export const toMessage = (row: Selectable<VolumeMessagesTable>): VolumeMessage => ({
  id: row.id,
  projectId: row.project_id,
  requestId: row.request_id,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  eventId: row.event_id,
  text: row.text,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

/** Writes a message; a no-op if it is there. */
export async function insertMessage(trx: InCloud, row: Insertable<VolumeMessagesTable>): Promise<void> {
  await trx
    .insertInto('volume_messages')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function findMessage(db: CloudDb, id: string): Promise<VolumeMessage | undefined> {
  const row = await db.selectFrom('volume_messages').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toMessage(row);
}

export async function deleteMessage(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('volume_messages').where('id', '=', id).execute();
}

/** Deletes messages that have expired. @returns how many */
export async function forgetMessages(db: CloudDb, { before, limit }: { readonly before: Date; readonly limit: number }): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    DELETE FROM volume_messages WHERE id IN (SELECT id FROM volume_messages WHERE expires_at < ${before} LIMIT ${limit})`.execute(db);
  return Number(numAffectedRows);
}
