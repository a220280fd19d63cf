/** The types of projects' volumes that name none. */
import type { DefaultType } from '../../../objects/volume-type-specs.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

const toDefault = ({ project_id, type_id }: { project_id: string; type_id: string }): DefaultType => ({
  projectId: project_id,
  typeId: type_id,
});

export async function listDefaultTypes(db: CloudDb): Promise<readonly DefaultType[]> {
  return (await db.selectFrom('volume_default_types').selectAll().orderBy('project_id').execute()).map(toDefault);
}

export async function findDefaultType(db: CloudDb, projectId: string): Promise<DefaultType | undefined> {
  const row = await db.selectFrom('volume_default_types').selectAll().where('project_id', '=', projectId).executeTakeFirst();
  return row && toDefault(row);
}

export async function saveDefaultType(trx: InCloud, { projectId, typeId }: DefaultType): Promise<void> {
  await trx
    .insertInto('volume_default_types')
    .values({ project_id: projectId, type_id: typeId })
    .onConflict((conflict) => conflict.column('project_id').doUpdateSet({ type_id: typeId }))
    .execute();
}

export async function deleteDefaultType(trx: InCloud, projectId: string): Promise<void> {
  await trx.deleteFrom('volume_default_types').where('project_id', '=', projectId).execute();
}

/** Whether a type is the default of a project. */
export async function isDefaultOfProject(db: CloudDb, typeId: string): Promise<boolean> {
  return (await db.selectFrom('volume_default_types').select('project_id').where('type_id', '=', typeId).executeTakeFirst()) !== undefined;
}
