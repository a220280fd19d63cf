/** Volume types, and the projects that may use the private ones. */
import { type Insertable, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import type { VolumeType } from '../../../objects/volume.ts';
import type { VolumeTypesTable } from '../../schema/volume.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

export const toVolumeType = (row: Selectable<VolumeTypesTable>): VolumeType => ({
  id: row.id,
  name: row.name,
  description: row.description,
  isPublic: row.is_public,
  extraSpecs: row.extra_specs,
  qosSpecsId: row.qos_specs_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** The condition that a project may use a type. */
const isUsableBy = (projectId: string) =>
  sql<SqlBool>`(volume_types.is_public OR EXISTS (SELECT 1 FROM volume_type_projects AS p WHERE p.type_id = volume_types.id AND p.project_id = ${projectId}))`;

/** A type by its id or, if `byName`, also by its name; of those that the project may use, or of all for undefined. */
export async function findType(
  db: CloudDb,
  idOrName: string,
  { projectId, byName = false }: { readonly projectId?: string | undefined; readonly byName?: boolean } = {},
): Promise<VolumeType | undefined> {
  let query = db.selectFrom('volume_types').selectAll();
  query = byName ? query.where((is) => is.or([is('id', '=', idOrName), is('name', '=', idOrName)])) : query.where('id', '=', idOrName);
  if (projectId !== undefined) query = query.where(isUsableBy(projectId));
  // An id goes before a name.
  const row = await query.orderBy(sql`id = ${idOrName}`, 'desc').executeTakeFirst();
  return row && toVolumeType(row);
}

/** The types that the project may use, or all. */
export const selectTypes = (db: CloudDb, projectId: string | undefined) => {
  const all = db.selectFrom('volume_types').selectAll();
  return projectId === undefined ? all : all.where(isUsableBy(projectId));
};

/** Reads a type that nobody else changes until the transaction ends. */
export async function lockType(trx: InCloud, id: string): Promise<VolumeType | undefined> {
  const row = await trx.selectFrom('volume_types').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toVolumeType(row);
}

export async function insertType(trx: InCloud, row: Insertable<VolumeTypesTable>): Promise<VolumeType | ConstraintViolation> {
  const made = await catchViolation(trx.insertInto('volume_types').values(row).returningAll().executeTakeFirstOrThrow());
  return typeof made === 'object' ? toVolumeType(made) : made;
}

export async function updateType(
  trx: InCloud,
  id: string,
  change: Updateable<VolumeTypesTable>,
): Promise<VolumeType | ConstraintViolation | undefined> {
  const row = await catchViolation(
    trx
      .updateTable('volume_types')
      .set({ ...change, updated_at: sql`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst(),
  );
  return typeof row === 'object' ? toVolumeType(row) : row;
}

export async function deleteType(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('volume_types').where('id', '=', id).execute();
}

/** How many volumes are of a type. */
export async function volumesOfType(db: CloudDb, id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM volumes WHERE type_id = ${id}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** The projects that may use a private type. */
export async function projectsOfType(db: CloudDb, typeId: string): Promise<readonly string[]> {
  const rows = await db.selectFrom('volume_type_projects').selectAll().where('type_id', '=', typeId).orderBy('project_id').execute();
  return rows.map(({ project_id }) => project_id);
}

/** @returns whether it had no access before */
export async function addProjectToType(trx: InCloud, typeId: string, projectId: string): Promise<boolean> {
  const row = { type_id: typeId, project_id: projectId };
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto('volume_type_projects')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** @returns whether it had access */
export async function removeProjectFromType(trx: InCloud, typeId: string, projectId: string): Promise<boolean> {
  const gone = await trx
    .deleteFrom('volume_type_projects')
    .where('type_id', '=', typeId)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return gone.numDeletedRows > 0n;
}
