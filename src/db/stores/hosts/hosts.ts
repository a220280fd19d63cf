import { sql } from 'kysely';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { HostReport } from '../../../objects/host-report.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';
import { type AllocationRules, saveInventories } from './inventories.ts';

/**
 * Writes down what hosts said of themselves: what they are in one statement for all of them, and what they have in another. Known hosts are updated rather than inserted in vain, which would use up a number of theirs at every report.
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
    // A host that tells none is older than the numbers are.
    contract: report.contract ?? 1,
  }));
  await sql`
    WITH said AS (SELECT * FROM jsonb_populate_recordset(NULL::compute_nodes, ${JSON.stringify(rows)}::jsonb)),
    known AS (
      UPDATE compute_nodes AS node SET (${said}) = (${saidOf('said')}), updated_at = now() FROM said WHERE node.host = said.host RETURNING node.host
    )
    INSERT INTO compute_nodes (id, host, ${said})
    SELECT id, host, ${saidOf('said')} FROM said WHERE host NOT IN (SELECT host FROM known)
    ON CONFLICT (host) DO UPDATE SET (${said}) = ROW (${saidOf('excluded')}), updated_at = now()`.execute(db);
  // A statement and commit of its own: claims lock a host's inventories before its row, and nothing may do so the other way round.
  await saveInventories(db, reports, rules);
}

/** What a host says of itself, as columns. */
const SAID = [
  'node',
  'host_ip',
  'hypervisor_type',
  'hypervisor_version',
  'cpu_info',
  'supported_instances',
  'uptime',
  'capabilities',
  'contract',
] as const;
const said = sql.join(SAID.map((column) => sql.ref(column)));
const saidOf = (table: string) => sql.join(SAID.map((column) => sql.ref(`${table}.${column}`)));

/** The host whose hypervisor has this name. */
export async function hostOfNode(db: CellDb, node: string): Promise<HostName | undefined> {
  const row = await db.selectFrom('compute_nodes').select('host').where('node', '=', node).executeTakeFirst();
  return row && asId<HostName>(row.host);
}

/** What the hypervisor of a host can do that not every one can; undefined while the host has not said. */
export async function capabilitiesOfHost(db: CellDb, host: HostName): Promise<readonly string[] | undefined> {
  const row = await db.selectFrom('compute_nodes').select('capabilities').where('host', '=', host).executeTakeFirst();
  return row?.capabilities ?? undefined;
}
