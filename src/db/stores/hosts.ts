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

/** The host whose hypervisor has this name. */
export async function hostOfNode(db: Queries, node: string): Promise<HostName | undefined> {
  const row = await db.selectFrom('compute_nodes').select('host').where('node', '=', node).executeTakeFirst();
  return row && asId<HostName>(row.host);
}
