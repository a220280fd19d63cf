/** Rows of snapshots, and the records that they are read as. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { VolumeSnapshot } from '../../../objects/volume.ts';
import type { VolumeSnapshotsTable } from '../../schema/volume.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** A change of a snapshot's row. */
export type SnapshotChange = Updateable<VolumeSnapshotsTable>;

export const toSnapshot = (row: Selectable<VolumeSnapshotsTable>): VolumeSnapshot => ({
  id: row.id,
  volumeId: row.volume_id,
  projectId: row.project_id,
  userId: row.user_id,
  name: row.name,
  description: row.description,
  sizeGb: row.size_gb,
  status: row.status,
  progress: row.progress,
  metadata: row.metadata,
  groupSnapshotId: row.group_snapshot_id,
  workflowId: row.workflow_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findSnapshot(db: CloudDb, id: string): Promise<VolumeSnapshot | undefined> {
  const row = await db.selectFrom('volume_snapshots').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toSnapshot(row);
}

/** Reads a snapshot that nobody else changes until the transaction ends. */
export async function lockSnapshot(trx: InCloud, id: string): Promise<VolumeSnapshot | undefined> {
  const row = await trx.selectFrom('volume_snapshots').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toSnapshot(row);
}

/** A volume's snapshots, oldest first. */
export async function snapshotsOf(db: CloudDb, volumeId: string): Promise<readonly VolumeSnapshot[]> {
  const rows = await db.selectFrom('volume_snapshots').selectAll().where('volume_id', '=', volumeId).orderBy('created_at').execute();
  return rows.map(toSnapshot);
}

export async function insertSnapshot(trx: InCloud, row: Insertable<VolumeSnapshotsTable>): Promise<VolumeSnapshot> {
  return toSnapshot(await trx.insertInto('volume_snapshots').values(row).returningAll().executeTakeFirstOrThrow());
}

/** Changes a locked snapshot. */
export async function updateSnapshot(trx: InCloud, id: string, change: SnapshotChange): Promise<VolumeSnapshot | undefined> {
  const row = await trx
    .updateTable('volume_snapshots')
    .set({ ...change, updated_at: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row && toSnapshot(row);
}

export async function deleteSnapshotRow(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('volume_snapshots').where('id', '=', id).execute();
}
