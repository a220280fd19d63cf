import { type SqlBool, sql } from 'kysely';
import { readPage, type SortKey } from '../../sql/paging.ts';
import { type Inventories, type Inventory, type ResourceClass, resourceClass } from '../../../objects/resources.ts';
import type { CellDb } from '../../sql/queries.ts';
import { inventoriesOf } from './inventories.ts';

/** A hypervisor as operators see it: capacity, usage, and its compute service. */
export interface HypervisorRow {
  readonly id: string;
  readonly number: number;
  readonly node: string;
  readonly host: string;
  readonly hostIp: string;
  readonly hypervisorType: string;
  readonly hypervisorVersion: number;
  readonly cpuInfo: Readonly<Record<string, unknown>>;
  readonly vcpus: number;
  readonly vcpusUsed: number;
  readonly memoryMb: number;
  /** Allocated to servers, without the memory reserved for the host. */
  readonly memoryMbUsed: number;
  readonly reservedMemoryMb: number;
  readonly localGb: number;
  readonly localGbUsed: number;
  readonly uptime: string | null;
  /** Number of servers on it. */
  readonly servers: number;
  /** Those with an operation in progress. */
  readonly busyServers: number;
  readonly service: {
    readonly id: string;
    readonly number: number;
    readonly disabled: boolean;
    readonly disabledReason: string | null;
    readonly forcedDown: boolean;
    readonly silentSeconds: number;
  };
}

/** One hypervisor: by its uuid or, in old microversions, by its number. */
export type HypervisorKey = { readonly id: string } | { readonly number: number };

/** Which hypervisors to read; by default all. */
export interface HypervisorQuery {
  readonly id?: string;
  readonly number?: number;
  /** A part of its name. */
  readonly namePart?: string;
  /** Only those after this one. */
  readonly after?: HypervisorKey;
  readonly limit?: number;
}

/** Hypervisors in the order of their creation; undefined when `after` is unknown. */
export async function readHypervisors(db: CellDb, query: HypervisorQuery = {}): Promise<readonly HypervisorRow[] | undefined> {
  const { id, number, namePart, after, limit } = query;
  let select = db
    .selectFrom('compute_nodes as node')
    .innerJoin('services as service', (join) => join.onRef('service.host', '=', 'node.host').on('service.binary', '=', 'nova-compute'))
    .selectAll('node')
    .select(['service.id as service_id', 'service.number as service_number', 'service.disabled', 'service.disabled_reason'])
    .select(['service.forced_down', inventoriesOf('node.host').as('inventories')])
    .select([
      sql<number>`extract(epoch FROM now() - service.seen_at)::float8`.as('silent_seconds'),
      sql<number>`(SELECT count(*)::int FROM servers WHERE servers.host = node.host AND vm_state <> 'deleted')`.as('servers'),
      sql<number>`(SELECT count(*)::int FROM servers WHERE servers.host = node.host AND vm_state <> 'deleted' AND task_state IS NOT NULL)`.as(
        'busy_servers',
      ),
    ]);
  if (id !== undefined) select = select.where('node.id', '=', id);
  if (number !== undefined) select = select.where('node.number', '=', number);
  if (namePart !== undefined) select = select.where(sql<boolean>`strpos(node.node, ${namePart}) > 0`);
  const rows = await readPage(db, select, {
    order: ORDER,
    limit,
    after: after && { from: sql`compute_nodes AS node`, where: isNamed(after) },
  });
  return rows?.map((row) => ({
    id: row.id,
    number: row.number,
    node: row.node,
    host: row.host,
    hostIp: row.host_ip,
    hypervisorType: row.hypervisor_type,
    hypervisorVersion: row.hypervisor_version,
    cpuInfo: row.cpu_info,
    ...sizesOf(row.inventories),
    uptime: row.uptime,
    servers: row.servers,
    busyServers: row.busy_servers,
    service: {
      id: row.service_id,
      number: row.service_number,
      disabled: row.disabled,
      disabledReason: row.disabled_reason,
      forcedDown: row.forced_down,
      silentSeconds: row.silent_seconds,
    },
  }));
}

const ORDER: readonly SortKey[] = [{ by: sql.ref('node.number'), direction: 'asc' }];

const isNamed = (key: HypervisorKey) => ('id' in key ? sql<SqlBool>`node.id = ${key.id}` : sql<SqlBool>`node.number = ${key.number}`);

const nothing: Inventory = { total: 0, reserved: 0, allocationRatio: 1, used: 0 };

/** The three resources that the API shows; CPUs of both kinds are one of them. */
function sizesOf(inventories: Inventories) {
  const of = (wanted: ResourceClass): Inventory => inventories[wanted] ?? nothing;
  const [vcpu, pcpu, memory, disk] = [of(resourceClass.vcpu), of(resourceClass.pcpu), of(resourceClass.memoryMb), of(resourceClass.diskGb)];
  return {
    vcpus: vcpu.total + pcpu.total,
    vcpusUsed: vcpu.used + pcpu.used,
    memoryMb: memory.total,
    memoryMbUsed: memory.used,
    reservedMemoryMb: memory.reserved,
    localGb: disk.total,
    localGbUsed: disk.used,
  };
}

/** A server as shown with its hypervisor. */
export interface HostedServer {
  readonly id: string;
  readonly name: string;
}

/** The servers on each of these hosts. */
export async function serversByHost(db: CellDb, hosts: readonly string[]): Promise<ReadonlyMap<string, readonly HostedServer[]>> {
  const rows = await db
    .selectFrom('servers')
    .select(['id', 'name', sql<string>`host`.as('host')])
    .where(sql<boolean>`host = ANY(${[...hosts]})`)
    .where('vm_state', '<>', 'deleted')
    .orderBy('number')
    .execute();
  return Map.groupBy(rows, ({ host }) => host);
}
