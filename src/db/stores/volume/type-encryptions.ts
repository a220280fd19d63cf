/** How volumes of types are to be encrypted. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { TypeEncryption } from '../../../objects/volume-type-specs.ts';
import type { VolumeTypeEncryptionsTable } from '../../schema/volume-type-specs.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

const toEncryption = (row: Selectable<VolumeTypeEncryptionsTable>): TypeEncryption => ({
  id: row.id,
  typeId: row.type_id,
  provider: row.provider,
  controlLocation: row.control_location,
  cipher: row.cipher,
  keySize: row.key_size,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findEncryption(db: CloudDb, typeId: string): Promise<TypeEncryption | undefined> {
  const row = await db.selectFrom('volume_type_encryptions').selectAll().where('type_id', '=', typeId).executeTakeFirst();
  return row && toEncryption(row);
}

export async function insertEncryption(trx: InCloud, row: Insertable<VolumeTypeEncryptionsTable>): Promise<TypeEncryption> {
  return toEncryption(await trx.insertInto('volume_type_encryptions').values(row).returningAll().executeTakeFirstOrThrow());
}

export async function updateEncryption(
  trx: InCloud,
  typeId: string,
  change: Updateable<VolumeTypeEncryptionsTable>,
): Promise<TypeEncryption> {
  const query = trx.updateTable('volume_type_encryptions').set({ ...change, updated_at: sql`now()` });
  return toEncryption(await query.where('type_id', '=', typeId).returningAll().executeTakeFirstOrThrow());
}

export async function deleteEncryptionRow(trx: InCloud, typeId: string): Promise<void> {
  await trx.deleteFrom('volume_type_encryptions').where('type_id', '=', typeId).execute();
}
