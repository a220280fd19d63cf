/** Limits of quality, and the types that have them. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { QosSpecs } from '../../../objects/volume-type-specs.ts';
import type { VolumeQosSpecsTable } from '../../schema/volume-type-specs.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

export const toQosSpecs = ({ id, name, consumer, specs }: Selectable<VolumeQosSpecsTable>): QosSpecs => ({ id, name, consumer, specs });

export async function findQosSpecs(db: CloudDb, id: string): Promise<QosSpecs | undefined> {
  const row = await db.selectFrom('volume_qos_specs').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toQosSpecs(row);
}

/** Reads limits that nobody else changes, or gives to a type, until the transaction ends. */
export async function lockQosSpecs(trx: InCloud, id: string): Promise<QosSpecs | undefined> {
  const row = await trx.selectFrom('volume_qos_specs').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toQosSpecs(row);
}

export async function insertQosSpecs(trx: InCloud, row: Insertable<VolumeQosSpecsTable>): Promise<QosSpecs | ConstraintViolation> {
  const made = await catchViolation(trx.insertInto('volume_qos_specs').values(row).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? toQosSpecs(made) : made;
}

/** Changes locked limits. */
export async function updateQosSpecs(trx: InCloud, id: string, change: Updateable<VolumeQosSpecsTable>): Promise<QosSpecs> {
  const query = trx.updateTable('volume_qos_specs').set({ ...change, updated_at: sql`now()` });
  return toQosSpecs(await query.where('id', '=', id).returningAll().executeTakeFirstOrThrow());
}

export async function deleteQosSpecsRow(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('volume_qos_specs').where('id', '=', id).execute();
}

/** The types that have these limits, by name. */
export async function typesWithQosSpecs(db: CloudDb, id: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return await db.selectFrom('volume_types').select(['id', 'name']).where('qos_specs_id', '=', id).orderBy('name').execute();
}

/** The limits of volumes of a type. */
export async function qosSpecsOfType(db: CloudDb, typeId: string): Promise<QosSpecs | undefined> {
  const row = await db
    .selectFrom('volume_qos_specs')
    .innerJoin('volume_types', 'volume_types.qos_specs_id', 'volume_qos_specs.id')
    .selectAll('volume_qos_specs')
    .where('volume_types.id', '=', typeId)
    .executeTakeFirst();
  return row && toQosSpecs(row);
}

/** Takes limits from the types that have them. */
export async function takeQosSpecs(trx: InCloud, id: string): Promise<void> {
  await trx.updateTable('volume_types').set({ qos_specs_id: null }).where('qos_specs_id', '=', id).execute();
}
