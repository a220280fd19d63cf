/** Quotas of the network service: the limits set for projects, and their usage. */
import { sql } from 'kysely';
import type { NetworkTables } from '../../schema/network.ts';
import { batched } from '../../sql/batch-queries.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** The limits set for a project, by resource. */
export type StoredNetworkLimits = Readonly<Record<string, number>>;

/** Locks a project's quota until the transaction ends: nobody else uses or changes it meanwhile. */
export async function holdNetworkQuota(trx: InCloud, projectId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('network quota'), hashtext(${projectId}))`.execute(trx);
}

/** The limits set for a project. */
export const readNetworkLimits = batched(
  (projectId: string) => projectId,
  async (db: CloudDb, projectIds: readonly string[]): Promise<readonly StoredNetworkLimits[]> => {
    const rows = await db
      .selectFrom('network_quotas')
      .selectAll()
      .where(sql<boolean>`project_id = ANY(${[...projectIds]})`)
      .execute();
    return projectIds.map((projectId) =>
      Object.fromEntries(rows.filter(({ project_id }) => project_id === projectId).map((row) => [row.resource, row.hard_limit])),
    );
  },
);

/** The limits of each project that has any set. */
export async function listNetworkLimits(db: CloudDb): Promise<ReadonlyMap<string, StoredNetworkLimits>> {
  const rows = await db.selectFrom('network_quotas').selectAll().orderBy('project_id').execute();
  const found = new Map<string, Record<string, number>>();
  for (const { project_id, resource, hard_limit } of rows) found.set(project_id, { ...found.get(project_id), [resource]: hard_limit });
  return found;
}

/** Sets limits; those of other resources stay. */
export async function saveNetworkLimits(db: CloudDb, projectId: string, limits: StoredNetworkLimits): Promise<void> {
  const rows = Object.entries(limits).map(([resource, hard_limit]) => ({ project_id: projectId, resource, hard_limit }));
  if (rows.length === 0) return;
  await db
    .insertInto('network_quotas')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['project_id', 'resource']).doUpdateSet({ hard_limit: sql`excluded.hard_limit` }))
    .execute();
}

/** @returns whether any were set */
export async function deleteNetworkLimits(db: CloudDb, projectId: string): Promise<boolean> {
  const gone = await db.deleteFrom('network_quotas').where('project_id', '=', projectId).executeTakeFirst();
  return gone.numDeletedRows > 0n;
}

/** How many rows of a table a project has. */
export async function countOfProject(db: CloudDb, table: keyof NetworkTables, projectId: string): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`SELECT count(*)::int AS n FROM ${sql.table(table)} WHERE project_id = ${projectId}`.execute(db);
  return rows[0]?.n ?? 0;
}
