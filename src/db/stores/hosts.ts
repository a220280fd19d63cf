import { sql } from 'kysely';
import type { HostReport } from '../../objects/host-report.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import type { Queries } from './queries.ts';

/** How much of a host may be promised: factors on its capacity, and memory kept for the host itself. */
export interface AllocationRules {
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  readonly reservedMemoryMb: number;
}

/** Writes down what a host said of itself. What claims take of it is not its to say. */
export async function saveHostReport(db: Queries, report: HostReport, rules: AllocationRules, id: string): Promise<void> {
  const values = {
    node: report.node,
    host_ip: report.hostIp,
    vcpus: report.vcpus,
    memory_mb: report.memoryMb,
    local_gb: report.localGb,
    cpu_allocation_ratio: rules.cpuAllocationRatio,
    ram_allocation_ratio: rules.ramAllocationRatio,
    disk_allocation_ratio: rules.diskAllocationRatio,
    reserved_memory_mb: rules.reservedMemoryMb,
    hypervisor_type: report.hypervisorType,
    hypervisor_version: report.hypervisorVersion,
    cpu_info: JSON.stringify(report.cpuInfo),
    supported_instances: JSON.stringify(report.supportedInstances),
    uptime: report.uptime ?? null,
  };
  await db
    .insertInto('compute_nodes')
    .values({ id, host: report.host, ...values })
    .onConflict((conflict) => conflict.column('host').doUpdateSet({ ...values, updated_at: sql`now()` }))
    .execute();
}

/** All that the scheduler knows of a host. */
export interface HostRow {
  readonly host: HostName;
  readonly zone: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  readonly vcpusUsed: number;
  readonly memoryMbUsed: number;
  readonly localGbUsed: number;
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  readonly reservedMemoryMb: number;
  readonly hypervisorType: string;
  readonly hypervisorVersion: number;
  readonly supportedInstances: readonly (readonly [string, string, string])[];
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  /** Seconds since its last sign of life, by the database's clock. */
  readonly silentSeconds: number;
}

/** Every compute host with its service, as of one instant. */
export async function snapshotHosts(db: Queries): Promise<readonly HostRow[]> {
  const rows = await db
    .selectFrom('compute_nodes as node')
    .innerJoin('services as service', (join) => join.onRef('service.host', '=', 'node.host').on('service.binary', '=', 'nova-compute'))
    .select([
      'node.host',
      'service.zone',
      'node.vcpus',
      'node.memory_mb',
      'node.local_gb',
      'node.vcpus_used',
      'node.memory_mb_used',
      'node.local_gb_used',
      'node.cpu_allocation_ratio',
      'node.ram_allocation_ratio',
      'node.disk_allocation_ratio',
      'node.reserved_memory_mb',
      'node.hypervisor_type',
      'node.hypervisor_version',
      'node.supported_instances',
      'service.disabled',
      'service.disabled_reason',
      'service.forced_down',
    ])
    .select(sql<number>`extract(epoch FROM now() - service.seen_at)::float8`.as('silent_seconds'))
    .execute();
  return rows.map((row) => ({
    host: asId<HostName>(row.host),
    zone: row.zone,
    vcpus: row.vcpus,
    memoryMb: row.memory_mb,
    localGb: row.local_gb,
    vcpusUsed: row.vcpus_used,
    memoryMbUsed: row.memory_mb_used,
    localGbUsed: row.local_gb_used,
    cpuAllocationRatio: row.cpu_allocation_ratio,
    ramAllocationRatio: row.ram_allocation_ratio,
    diskAllocationRatio: row.disk_allocation_ratio,
    reservedMemoryMb: row.reserved_memory_mb,
    hypervisorType: row.hypervisor_type,
    hypervisorVersion: row.hypervisor_version,
    supportedInstances: row.supported_instances,
    disabled: row.disabled,
    disabledReason: row.disabled_reason,
    forcedDown: row.forced_down,
    silentSeconds: row.silent_seconds,
  }));
}

/** The host whose hypervisor has this name. */
export async function hostOfNode(db: Queries, node: string): Promise<HostName | undefined> {
  const row = await db.selectFrom('compute_nodes').select('host').where('node', '=', node).executeTakeFirst();
  return row && asId<HostName>(row.host);
}
