/** Limits of the volume service that operators have set, and what projects use: counted from rows. */
import { sql } from 'kysely';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { backupUsage } from './backups.ts';

/** Limits by resource. */
export type StoredVolumeLimits = Readonly<Record<string, number>>;

/** How a quota class is written among the owners. */
export const ownerOfClass = (name: string): string => `class:${name}`;

/** Locks a project's volume quota until the transaction ends. */
export async function holdVolumeQuota(trx: InCloud, projectId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('volume quota'), hashtext(${projectId}))`.execute(trx);
}

/** The limits set for a project or a class. */
export async function readVolumeLimits(db: CloudDb, owner: string): Promise<StoredVolumeLimits> {
  const rows = await db.selectFrom('volume_quotas').selectAll().where('owner', '=', owner).execute();
  return Object.fromEntries(rows.map(({ resource, hard_limit }) => [resource, hard_limit]));
}

/** Sets limits; those of other resources stay. */
export async function saveVolumeLimits(trx: InCloud, owner: string, limits: StoredVolumeLimits): Promise<void> {
  const rows = Object.entries(limits).map(([resource, hard_limit]) => ({ owner, resource, hard_limit }));
  if (rows.length === 0) return;
  await trx
    .insertInto('volume_quotas')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['owner', 'resource']).doUpdateSet({ hard_limit: sql`excluded.hard_limit` }))
    .execute();
}

export async function deleteVolumeLimits(trx: InCloud, owner: string): Promise<void> {
  await trx.deleteFrom('volume_quotas').where('owner', '=', owner).execute();
}

interface UsedRow {
  readonly type: string | null;
  readonly volumes: number;
  readonly volume_gb: number;
  readonly snapshots: number;
  readonly snapshot_gb: number;
}

/** What a project uses, by resource and by resource and type: `volumes`, `volumes_<type>`. */
export async function volumeUsage(db: CloudDb, projectId: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<UsedRow>`
    SELECT type.name AS type, sum(volumes)::int AS volumes, sum(volume_gb)::int AS volume_gb,
      sum(snapshots)::int AS snapshots, sum(snapshot_gb)::int AS snapshot_gb
    FROM (
      SELECT type_id, 1 AS volumes, coalesce(wanted_size_gb, size_gb) AS volume_gb, 0 AS snapshots, 0 AS snapshot_gb FROM volumes WHERE project_id = ${projectId}
      UNION ALL
      SELECT v.type_id, 0, 0, 1, s.size_gb FROM volume_snapshots AS s JOIN volumes AS v ON v.id = s.volume_id WHERE s.project_id = ${projectId}
    ) AS used LEFT JOIN volume_types AS type ON type.id = used.type_id GROUP BY type.name`.execute(db);
  const used: Record<string, number> = { volumes: 0, snapshots: 0, gigabytes: 0, ...(await backupUsage(db, projectId)) };
  const add = (resource: string, amount: number): void => void (used[resource] = (used[resource] ?? 0) + amount);
  for (const { type, volumes, volume_gb, snapshots, snapshot_gb } of rows)
    for (const suffix of type === null ? [''] : ['', `_${type}`]) {
      add(`volumes${suffix}`, volumes);
      add(`snapshots${suffix}`, snapshots);
      add(`gigabytes${suffix}`, volume_gb + snapshot_gb);
    }
  return used;
}

/** The names of all types: each has limits of its own. */
export async function volumeTypeNames(db: CloudDb): Promise<readonly string[]> {
  const rows = await db.selectFrom('volume_types').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}
