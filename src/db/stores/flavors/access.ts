import type { CloudDb } from '../../sql/queries.ts';

/** Which projects may use a flavor that is not public. */
export async function projectsOfFlavor(db: CloudDb, flavorId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('flavor_projects')
    .select('project_id')
    .where('flavor_id', '=', flavorId)
    .orderBy('project_id')
    .execute();
  return rows.map((row) => row.project_id);
}

/** @returns false when the project has access already, or the flavor is gone */
export async function grantFlavor(db: CloudDb, { flavorId, projectId }: { flavorId: string; projectId: string }): Promise<boolean> {
  const made = await db
    .insertInto('flavor_projects')
    .columns(['flavor_id', 'project_id'])
    .expression((eb) =>
      eb
        .selectFrom('flavors')
        .select((select) => ['id', select.val(projectId).as('project_id')])
        .where('id', '=', flavorId),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** @returns whether the project had such a grant */
export async function revokeFlavor(db: CloudDb, { flavorId, projectId }: { flavorId: string; projectId: string }): Promise<boolean> {
  const gone = await db
    .deleteFrom('flavor_projects')
    .where('flavor_id', '=', flavorId)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return gone.numDeletedRows > 0n;
}
