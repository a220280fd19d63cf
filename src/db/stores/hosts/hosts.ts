import { sql } from 'kysely';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { HostReport } from '../../../objects/host-report.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';
import { type AllocationRules, saveInventories } from './inventories.ts';

/**
 * Saves host reports: the nodes of all hosts in one statement, their inventories in another. Known hosts are updated, because an insert that
 * conflicts would use up a number of the sequence at every report.
 */
export async function saveHostReports(db: CellDb, reports: readonly HostReport[], rules: AllocationRules, ids: Ids): Promise<void> {
  const rows = reports.map((report) => ({
    id: ids.uuid(),
    host: report.host,
    node: report.node,
    host_ip: report.hostIp,
    hypervisor_type: report.hypervisorType,
    hypervisor_version: report.hypervisorVersion,
    cpu_info: report.cpuInfo,
    supported_instances: report.supportedInstances,
    uptime: report.uptime ?? null,
    capabilities: report.capabilities ?? null,
    topology: report.topology ?? null,
    devices: report.devices?.length ? report.devices : null,
    // A host that reports none is older than contract numbers.
    contract: report.contract ?? 1,
  }));
  await sql`
    WITH reported AS (SELECT * FROM jsonb_populate_recordset(NULL::compute_nodes, ${JSON.stringify(rows)}::jsonb)),
    known AS (
      UPDATE compute_nodes AS node SET (${reported}) = (${reportedOf('reported')}), updated_at = now() FROM reported WHERE node.host = reported.host RETURNING node.host
    )
    INSERT INTO compute_nodes (id, host, ${reported})
    SELECT id, host, ${reportedOf('reported')} FROM reported WHERE host NOT IN (SELECT host FROM known)
    ON CONFLICT (host) DO UPDATE SET (${reported}) = ROW (${reportedOf('excluded')}), updated_at = now()`.execute(db);
  // A separate transaction: claims lock a host's inventories before its row, so nothing may lock them in the other order.
  await saveInventories(db, reports, rules);
}

/** The columns of a host's report. */
const REPORTED = [
  'node',
  'host_ip',
  'hypervisor_type',
  'hypervisor_version',
  'cpu_info',
  'supported_instances',
  'uptime',
  'capabilities',
  'topology',
  'devices',
  'contract',
] as const;
const reported = sql.join(REPORTED.map((column) => sql.ref(column)));
const reportedOf = (table: string) => sql.join(REPORTED.map((column) => sql.ref(`${table}.${column}`)));

/** The compute hosts of the cell, each with the id of its hypervisor. */
export async function listComputeHosts(db: CellDb): Promise<readonly { readonly id: string; readonly host: HostName }[]> {
  const rows = await db.selectFrom('compute_nodes').select(['id', 'host']).orderBy('host').execute();
  return rows.map(({ id, host }) => ({ id, host: asId<HostName>(host) }));
}

/** The host whose hypervisor has this name. */
export async function hostOfNode(db: CellDb, node: string): Promise<HostName | undefined> {
  const row = await db.selectFrom('compute_nodes').select('host').where('node', '=', node).executeTakeFirst();
  return row && asId<HostName>(row.host);
}

/** The optional capabilities of a host's hypervisor; undefined until the host has reported them. */
export async function capabilitiesOfHost(db: CellDb, host: HostName): Promise<readonly string[] | undefined> {
  const row = await db.selectFrom('compute_nodes').select('capabilities').where('host', '=', host).executeTakeFirst();
  return row?.capabilities ?? undefined;
}
