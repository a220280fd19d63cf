/** Where floating IPs lead to: rows that come and go while the floating IPs stay. */
import { type Insertable, sql } from 'kysely';
import type { HostName, PortId, ServerId } from '../../../objects/ids.ts';
import type { FloatingIp } from '../../../objects/network.ts';
import type { FloatingIpTargetsTable } from '../../schema/network.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { findFloatingIps } from './floating-ips.ts';

/** Leads a floating IP that leads nowhere to an address; false when another one of its network leads there. */
export async function leadTo(trx: InCloud, row: Insertable<FloatingIpTargetsTable>): Promise<boolean> {
  const made = await trx
    .insertInto('floating_ip_targets')
    .values(row)
    .onConflict((conflict) => conflict.constraint('one_floating_ip_of_a_network').doNothing())
    .returning('floating_ip_id')
    .executeTakeFirst();
  return made !== undefined;
}

/** Which floating IPs to lead nowhere: those of a port that lead to none of the kept addresses, or of a server's ports. */
export type Abandoned =
  | { readonly portId: string; readonly keeping?: readonly string[] }
  | { readonly serverId: ServerId; readonly portIds?: readonly PortId[] | undefined }
  | { readonly floatingIpId: string };

/** Leads floating IPs nowhere and, where ports or addresses go, also single ports of others. @returns them as they are then */
export async function leadNowhere(trx: InCloud, abandoned: Abandoned): Promise<readonly FloatingIp[]> {
  const isOf = conditionOf(abandoned);
  const { rows } = await sql<{ id: string }>`
    WITH whole AS (DELETE FROM floating_ip_targets WHERE ${isOf} RETURNING floating_ip_id),
      single AS (DELETE FROM port_forwardings WHERE ${'floatingIpId' in abandoned ? sql`false` : isOf} RETURNING floating_ip_id)
    SELECT floating_ip_id AS id FROM whole UNION SELECT floating_ip_id FROM single`.execute(trx);
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  await trx.updateTable('floating_ips').set({ updated_at: sql<Date>`now()` }).where('id', 'in', ids).execute();
  return await findFloatingIps(trx, ids, null);
}

function conditionOf(abandoned: Abandoned) {
  if ('floatingIpId' in abandoned) return sql`floating_ip_id = ${abandoned.floatingIpId}`;
  if ('portId' in abandoned) return sql`port_id = ${abandoned.portId} AND NOT (host(fixed_ip) = ANY(${[...(abandoned.keeping ?? [])]}))`;
  const { serverId, portIds } = abandoned;
  const some = portIds ? sql`AND id = ANY(${[...portIds]}::uuid[])` : sql``;
  return sql`port_id IN (SELECT id FROM ports WHERE server_id = ${serverId} ${some})`;
}

/** A floating IP that leads to an address of a port. */
export interface LeadingIp {
  readonly id: string;
  readonly address: string;
  readonly routerId: string;
  readonly portId: PortId;
  readonly fixedIp: string;
}

const selectLeading = sql`
  SELECT floating.id, host(floating.address) AS address, target.router_id AS "routerId", target.port_id AS "portId", host(target.fixed_ip) AS "fixedIp"
  FROM floating_ip_targets AS target JOIN floating_ips AS floating ON floating.id = target.floating_ip_id`;

/** The floating IPs of ports. */
export async function floatingIpsOfPorts(db: CloudDb, portIds: readonly string[]): Promise<readonly LeadingIp[]> {
  if (portIds.length === 0) return [];
  const { rows } =
    await sql<LeadingIp>`${selectLeading} WHERE target.port_id = ANY(${[...portIds]}::uuid[]) ORDER BY floating.number`.execute(db);
  return rows;
}

/** The floating IPs that lead to ports which a host carries. */
export async function floatingIpsOnHost(db: CloudDb, host: HostName): Promise<readonly LeadingIp[]> {
  const { rows } = await sql<LeadingIp>`
    ${selectLeading} JOIN port_bindings AS binding ON binding.port_id = target.port_id AND binding.is_active AND binding.host = ${host}
    ORDER BY floating.number`.execute(db);
  return rows;
}

/** How many floating IPs and single ports of them lead through a router, and of those to one of the subnets, if some are named. */
export async function countThrough(db: CloudDb, routerId: string, subnetIds?: readonly string[]): Promise<number> {
  const some = subnetIds ? sql`AND subnet_id = ANY(${[...subnetIds]}::uuid[])` : sql``;
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM (
      SELECT router_id, subnet_id FROM floating_ip_targets UNION ALL SELECT router_id, subnet_id FROM port_forwardings
    ) AS led WHERE router_id = ${routerId} ${some}`.execute(db);
  return rows[0]?.n ?? 0;
}
