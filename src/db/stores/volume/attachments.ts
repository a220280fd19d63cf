/** Rows of attachments: who uses a volume, and how it is connected. */
import { type Insertable, sql, type Updateable } from 'kysely';
import type { VolumeAttachment } from '../../../objects/volume.ts';
import type { VolumeAttachmentsTable } from '../../schema/volume.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { toAttachment } from './volumes.ts';

/** A change of an attachment's row. */
export type AttachmentChange = Updateable<VolumeAttachmentsTable>;

export async function findAttachment(db: CloudDb, id: string): Promise<VolumeAttachment | undefined> {
  const row = await db.selectFrom('volume_attachments').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toAttachment(row);
}

/** The attachments that a service holds for a server. */
export async function attachmentsHeld(
  db: CloudDb,
  { serverId, heldBy }: { readonly serverId: string; readonly heldBy: string },
): Promise<readonly VolumeAttachment[]> {
  const rows = await db
    .selectFrom('volume_attachments')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('held_by', '=', heldBy)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toAttachment);
}

export async function insertAttachment(trx: InCloud, row: Insertable<VolumeAttachmentsTable>): Promise<VolumeAttachment> {
  return toAttachment(await trx.insertInto('volume_attachments').values(row).returningAll().executeTakeFirstOrThrow());
}

/** Changes an attachment; undefined if it is gone. */
export async function updateAttachment(trx: InCloud, id: string, change: AttachmentChange): Promise<VolumeAttachment | undefined> {
  const row = await trx
    .updateTable('volume_attachments')
    .set({ ...change, updated_at: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row && toAttachment(row);
}

export async function deleteAttachmentRow(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('volume_attachments').where('id', '=', id).execute();
}
