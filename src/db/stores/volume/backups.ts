/** Rows of backups, and the records that they are read as. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { VolumeBackup } from '../../../objects/volume-backup.ts';
import type { VolumeBackupsTable } from '../../schema/volume-backups.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** A change of a backup's row. */
export type BackupChange = Updateable<VolumeBackupsTable>;

type Row = Selectable<VolumeBackupsTable> & { has_dependents: boolean };

const hasDependents = sql<boolean>`EXISTS (SELECT FROM volume_backups AS child WHERE child.parent_id = volume_backups.id)`.as(
  'has_dependents',
);

/** Backups with what is shown of them. */
export const selectBackups = (db: CloudDb) => db.selectFrom('volume_backups').selectAll('volume_backups').select(hasDependents);

export const toBackup = (row: Row): VolumeBackup => ({
  id: row.id,
  projectId: row.project_id,
  userId: row.user_id,
  volumeId: row.volume_id,
  snapshotId: row.snapshot_id,
  parentId: row.parent_id,
  hasDependents: row.has_dependents,
  name: row.name,
  description: row.description,
  container: row.container,
  zone: row.zone,
  sizeGb: row.size_gb,
  status: row.status,
  objectCount: row.object_count,
  failReason: row.fail_reason,
  metadata: row.metadata,
  volumeFacts: row.volume_facts,
  storeId: row.store_id,
  dataId: row.data_id,
  dataTimestamp: row.data_timestamp,
  workflowId: row.workflow_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findBackup(db: CloudDb, id: string): Promise<VolumeBackup | undefined> {
  const row = await selectBackups(db).where('volume_backups.id', '=', id).executeTakeFirst();
  return row && toBackup(row);
}

/** Reads a backup that nobody else changes, or builds on, until the transaction ends. */
export async function lockBackup(trx: InCloud, id: string): Promise<VolumeBackup | undefined> {
  // The row first, so that what is read beside it is as new as the lock.
  await trx.selectFrom('volume_backups').select('id').where('id', '=', id).forUpdate().execute();
  return await findBackup(trx, id);
}

/** The latest backup of a volume in a store, of a moment before the given one; nobody else changes it until the transaction ends. */
export async function lockLatestBackup(
  trx: InCloud,
  { projectId, volumeId, storeId, before }: { projectId: string; volumeId: string; storeId: string; before: Date },
): Promise<VolumeBackup | undefined> {
  const latest = await trx
    .selectFrom('volume_backups')
    .select('id')
    .where('project_id', '=', projectId)
    .where('volume_id', '=', volumeId)
    .where('store_id', '=', storeId)
    .where('status', '=', 'available')
    .where('data_timestamp', '<=', before)
    .orderBy('data_timestamp', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  const found = latest && (await lockBackup(trx, latest.id));
  return found?.status === 'available' ? found : undefined;
}

/** The records of some data that are not being deleted; nobody else changes them until the transaction ends. */
export async function recordsOfData(
  trx: InCloud,
  { storeId, dataId }: Pick<VolumeBackup, 'storeId' | 'dataId'>,
): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('volume_backups')
    .select(['id', 'status'])
    .where('store_id', '=', storeId)
    .where('data_id', '=', dataId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.filter(({ status }) => status !== 'deleting').map(({ id }) => id);
}

export async function insertBackup(trx: InCloud, row: Insertable<VolumeBackupsTable>): Promise<VolumeBackup | undefined> {
  await trx.insertInto('volume_backups').values(row).execute();
  return await findBackup(trx, row.id);
}

/** Changes a locked backup. */
export async function updateBackup(trx: InCloud, id: string, change: BackupChange): Promise<VolumeBackup | undefined> {
  await trx
    .updateTable('volume_backups')
    .set({ ...change, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
  return await findBackup(trx, id);
}

export async function deleteBackupRow(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('volume_backups').where('id', '=', id).execute();
}

/** What a project's backups take of its quota. */
export async function backupUsage(db: CloudDb, projectId: string): Promise<Readonly<Record<'backups' | 'backup_gigabytes', number>>> {
  const { rows } = await sql<{ backups: number; backup_gigabytes: number }>`
    SELECT count(*)::int AS backups, coalesce(sum(size_gb), 0)::int AS backup_gigabytes
    FROM volume_backups WHERE project_id = ${projectId}`.execute(db);
  return rows[0] ?? { backups: 0, backup_gigabytes: 0 };
}
