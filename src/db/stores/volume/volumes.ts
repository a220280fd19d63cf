/** Rows of volumes, and the records that they are read as. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Volume, VolumeAttachment } from '../../../objects/volume.ts';
import type { VolumeAttachmentsTable, VolumesTable } from '../../schema/volume.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

type AttachmentRow = Selectable<VolumeAttachmentsTable>;

/** An attachment inside a volume's row: its times are texts there. */
type NestedAttachment = Omit<AttachmentRow, 'attached_at' | 'created_at'> & { attached_at: string | null; created_at: string };

type Row = Selectable<VolumesTable> & { type_name: string | null; attachments: NestedAttachment[] };

/** A change of a volume's row. */
export type VolumeChange = Updateable<VolumesTable>;

const typeName = sql<string | null>`(SELECT name FROM volume_types WHERE id = volumes.type_id)`.as('type_name');
const attachments = sql<
  NestedAttachment[]
>`(SELECT coalesce(json_agg(a ORDER BY a.created_at, a.id), '[]') FROM volume_attachments AS a WHERE a.volume_id = volumes.id)`.as(
  'attachments',
);

/** Volumes with what is shown of them. */
export const selectVolumes = (db: CloudDb) => db.selectFrom('volumes').selectAll('volumes').select([typeName, attachments]);

export const toAttachment = (row: AttachmentRow | NestedAttachment): VolumeAttachment => ({
  id: row.id,
  volumeId: row.volume_id,
  projectId: row.project_id,
  serverId: row.server_id,
  attachedHost: row.attached_host,
  mountpoint: row.mountpoint,
  status: row.status,
  mode: row.mode,
  connector: row.connector,
  connectionInfo: row.connection_info,
  heldBy: row.held_by,
  attachedAt: row.attached_at === null ? null : new Date(row.attached_at),
  createdAt: new Date(row.created_at),
});

export const toVolume = (row: Row): Volume => ({
  id: row.id,
  projectId: row.project_id,
  userId: row.user_id,
  name: row.name,
  description: row.description,
  sizeGb: row.size_gb,
  status: row.status,
  previousStatus: row.previous_status,
  migrationStatus: row.migration_status,
  typeId: row.type_id,
  typeName: row.type_name,
  zone: row.zone,
  host: row.host,
  snapshotId: row.snapshot_id,
  sourceVolumeId: row.source_volume_id,
  groupId: row.group_id,
  isBootable: row.is_bootable,
  isMultiattach: row.is_multiattach,
  isReadOnly: row.is_read_only,
  metadata: row.metadata,
  imageMetadata: row.image_metadata,
  attachments: row.attachments.map(toAttachment),
  workflowId: row.workflow_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findVolume(db: CloudDb, id: string): Promise<Volume | undefined> {
  const row = await selectVolumes(db).where('volumes.id', '=', id).executeTakeFirst();
  return row && toVolume(row);
}

/** Reads a volume that nobody else changes until the transaction ends. */
export async function lockVolume(trx: InCloud, id: string): Promise<Volume | undefined> {
  // The row first, so that what is read beside it is as new as the lock.
  await trx.selectFrom('volumes').select('id').where('id', '=', id).forUpdate().execute();
  return await findVolume(trx, id);
}

export async function insertVolume(trx: InCloud, row: Insertable<VolumesTable>): Promise<Volume | undefined> {
  await trx.insertInto('volumes').values(row).execute();
  return await findVolume(trx, row.id);
}

/** Changes a locked volume. */
export async function updateVolume(trx: InCloud, id: string, change: VolumeChange): Promise<Volume | undefined> {
  await trx
    .updateTable('volumes')
    .set({ ...change, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
  return await findVolume(trx, id);
}

/** Deletes a locked volume with what is left of its attachments. */
export async function deleteVolumeRow(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('volume_attachments').where('volume_id', '=', id).execute();
  await trx.deleteFrom('volumes').where('id', '=', id).execute();
}

/** Volumes whose data is on a backend, `host@backend`. */
export async function volumesOn(db: CloudDb, backend: string): Promise<readonly Volume[]> {
  const rows = await selectVolumes(db).where(sql<boolean>`split_part(volumes.host, '#', 1) = ${backend}`).execute();
  return rows.map(toVolume);
}
