/** What servers used: those of a time, and those of a host. */
import { type SqlBool, sql } from 'kysely';
import type { VmState } from '../../../objects/states.ts';
import { readPage, type SortKey } from '../../sql/paging.ts';
import type { CellDb } from '../../sql/queries.ts';

/** A server by what its use is counted from. */
export interface UsedServer {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly vmState: VmState;
  readonly flavorName: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  readonly launchedAt: Date;
  readonly terminatedAt: Date | null;
}

/** Servers that ran at some time between start and end: of a project, or of all. */
export interface UsageQuery {
  readonly projectId?: string | undefined;
  readonly start: Date;
  readonly end: Date;
  readonly limit?: number | undefined;
  /** Only those after this server. */
  readonly after?: string | undefined;
}

const ORDER: readonly SortKey[] = [
  { by: sql.ref('project_id'), direction: 'asc' },
  { by: sql.ref('id'), direction: 'asc' },
];

const flavorNumber = (key: string) => sql<number>`coalesce((flavor ->> ${sql.lit(key)})::int, 0)`;

/** Deleted servers too; ordered by project. Undefined when `after` is unknown. */
export async function serversInUse(db: CellDb, query: UsageQuery): Promise<readonly UsedServer[] | undefined> {
  const { projectId, start, end, limit, after } = query;
  let select = db
    .selectFrom('servers')
    .select(['id', 'project_id', 'name', 'vm_state', 'launched_at', 'terminated_at'])
    .select([
      sql<string>`flavor ->> 'name'`.as('flavor_name'),
      flavorNumber('vcpus').as('vcpus'),
      flavorNumber('ramMb').as('memory_mb'),
      sql<number>`${flavorNumber('rootGb')} + ${flavorNumber('ephemeralGb')}`.as('local_gb'),
    ])
    .where('launched_at', '<', end)
    .where((eb) => eb.or([eb('terminated_at', 'is', null), eb('terminated_at', '>', start)]));
  if (projectId !== undefined) select = select.where('project_id', '=', projectId);
  const from = after === undefined ? undefined : { from: sql`servers`, where: sql<SqlBool>`id::text = ${after}` };
  const rows = await readPage(db, select, { order: ORDER, limit, after: from });
  return rows?.flatMap(({ launched_at, ...row }) =>
    // Only servers that were launched are selected.
    launched_at === null
      ? []
      : [
          {
            id: row.id,
            projectId: row.project_id,
            name: row.name,
            vmState: row.vm_state,
            flavorName: row.flavor_name,
            vcpus: row.vcpus,
            memoryMb: row.memory_mb,
            localGb: row.local_gb,
            launchedAt: launched_at,
            terminatedAt: row.terminated_at,
          },
        ],
  );
}

/** What the servers of a host have of it, by project. */
export interface ProjectOnHost {
  readonly projectId: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** The projects with servers on a host, in the order of their ids. */
export async function projectsOnHost(db: CellDb, host: string): Promise<readonly ProjectOnHost[]> {
  const sum = (value: ReturnType<typeof flavorNumber>) => sql<number>`sum(${value})::int`;
  const rows = await db
    .selectFrom('servers')
    .select([
      'project_id',
      sum(flavorNumber('vcpus')).as('vcpus'),
      sum(flavorNumber('ramMb')).as('memory_mb'),
      sum(sql<number>`${flavorNumber('rootGb')} + ${flavorNumber('ephemeralGb')}`).as('disk_gb'),
    ])
    .where('host', '=', host)
    .where('vm_state', '<>', 'deleted')
    .groupBy('project_id')
    .orderBy('project_id')
    .execute();
  return rows.map((row) => ({ projectId: row.project_id, vcpus: row.vcpus, memoryMb: row.memory_mb, diskGb: row.disk_gb }));
}
