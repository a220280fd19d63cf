/** Rows of transfers, and the records that they are read as. */
import type { Insertable, Selectable } from 'kysely';
import type { VolumeTransfer } from '../../../objects/volume-transfer.ts';
import type { VolumeTransfersTable } from '../../schema/volume-transfers.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

type Row = Selectable<VolumeTransfersTable>;

export const toTransfer = (row: Row): VolumeTransfer => ({
  id: row.id,
  volumeId: row.volume_id,
  projectId: row.project_id,
  name: row.name,
  noSnapshots: row.no_snapshots,
  destinationProjectId: null,
  createdAt: row.created_at,
});

export async function findTransfer(db: CloudDb, id: string): Promise<VolumeTransfer | undefined> {
  const row = await db.selectFrom('volume_transfers').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toTransfer(row);
}

/** How the key of a transfer is kept. */
export async function findTransferKey(db: CloudDb, id: string): Promise<{ readonly salt: string; readonly hash: string } | undefined> {
  const row = await db.selectFrom('volume_transfers').select(['key_salt', 'key_hash']).where('id', '=', id).executeTakeFirst();
  return row && { salt: row.key_salt, hash: row.key_hash };
}

export async function insertTransfer(trx: InCloud, row: Insertable<VolumeTransfersTable>): Promise<VolumeTransfer> {
  return toTransfer(await trx.insertInto('volume_transfers').values(row).returningAll().executeTakeFirstOrThrow());
}

/** @returns whether it was there */
export async function deleteTransferRow(trx: InCloud, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('volume_transfers').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Withdraws the offers of a locked volume. @returns them */
export async function deleteTransfersOf(trx: InCloud, volumeId: string): Promise<readonly VolumeTransfer[]> {
  return (await trx.deleteFrom('volume_transfers').where('volume_id', '=', volumeId).returningAll().execute()).map(toTransfer);
}

/** Gives a locked volume, and its project's snapshots of it unless they stay behind, to another project. */
export async function giveVolume(
  trx: InCloud,
  { volumeId, projectId, noSnapshots }: VolumeTransfer,
  to: { readonly project_id: string; readonly user_id: string },
): Promise<void> {
  await trx.updateTable('volumes').set(to).where('id', '=', volumeId).execute();
  if (noSnapshots) return;
  // Those that stayed behind at an earlier transfer are not this project's to give.
  await trx.updateTable('volume_snapshots').set(to).where('volume_id', '=', volumeId).where('project_id', '=', projectId).execute();
}
