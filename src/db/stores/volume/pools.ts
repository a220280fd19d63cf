/** What volume hosts last told of their pools. */
import { sql } from 'kysely';
import type { PoolReport } from '../../../objects/volume-host.ts';
import type { CloudDb } from '../../sql/queries.ts';

/** A pool, with what its volumes were promised. */
export interface Pool extends PoolReport {
  /** `host@backend`. */
  readonly host: string;
  readonly reportedAt: Date;
  /** The sizes of its volumes together. */
  readonly allocatedGb: number;
}

/** Replaces the pools of a volume host. */
export async function savePools(db: CloudDb, host: string, reports: readonly PoolReport[]): Promise<void> {
  const names = reports.map(({ name }) => name);
  await sql`DELETE FROM volume_pools WHERE host = ${host} AND NOT name = ANY(${names})`.execute(db);
  for (const report of reports)
    await sql`
      INSERT INTO volume_pools (name, host, report) VALUES (${report.name}, ${host}, ${JSON.stringify(report)}::jsonb)
      ON CONFLICT (name) DO UPDATE SET host = excluded.host, report = excluded.report, reported_at = now()`.execute(db);
}

/** Every pool, by name. */
export async function listPools(db: CloudDb): Promise<readonly Pool[]> {
  const { rows } = await sql<{ host: string; report: PoolReport; reported_at: Date; allocated: number }>`
    SELECT pool.host, pool.report, pool.reported_at,
      (SELECT coalesce(sum(size_gb), 0)::int FROM volumes WHERE volumes.host = pool.name) AS allocated
    FROM volume_pools AS pool ORDER BY pool.name`.execute(db);
  return rows.map(({ host, report, reported_at, allocated }) => ({ ...report, host, reportedAt: reported_at, allocatedGb: allocated }));
}

/** What a project has on a backend. */
export interface HostUse {
  readonly project: string;
  readonly volumes: number;
  readonly volumeGb: number;
  readonly snapshots: number;
  readonly snapshotGb: number;
}

/** What each project has on a backend, `host@backend`. */
export async function useOfBackend(db: CloudDb, host: string): Promise<readonly HostUse[]> {
  const { rows } = await sql<HostUse>`
    SELECT project_id AS project, count(*)::int AS volumes, sum(size_gb)::int AS "volumeGb",
      sum((SELECT count(*) FROM volume_snapshots WHERE volume_id = volumes.id))::int AS snapshots,
      coalesce(sum((SELECT sum(s.size_gb) FROM volume_snapshots AS s WHERE s.volume_id = volumes.id)), 0)::int AS "snapshotGb"
    FROM volumes WHERE split_part(host, '#', 1) = ${host} GROUP BY project_id ORDER BY project_id`.execute(db);
  return rows;
}
