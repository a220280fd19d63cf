/** Rows of port forwardings. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { asId, type HostName, type PortId } from '../../../objects/ids.ts';
import type { PortForwarding } from '../../../objects/network.ts';
import type { PortForwardingsTable } from '../../schema/network.ts';
import { catchViolation } from '../../sql/constraint-violation.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { type PageQuery, pageOf } from './pages.ts';

type Row = Selectable<PortForwardingsTable>;

const toForwarding = (row: Row): PortForwarding => ({
  id: row.id,
  number: row.number,
  description: row.description,
  floatingIpId: row.floating_ip_id,
  protocol: row.protocol,
  externalPort: row.external_port,
  portId: asId<PortId>(row.port_id),
  subnetId: row.subnet_id,
  fixedIp: row.fixed_ip,
  internalPort: row.internal_port,
  routerId: row.router_id,
});

const select = (db: CloudDb) =>
  db.selectFrom('port_forwardings').selectAll('port_forwardings').select(sql<string>`host(fixed_ip)`.as('fixed_ip'));

/** Writes a forwarding; false when the floating IP forwards that port already. */
export async function insertForwarding(trx: InCloud, row: Insertable<PortForwardingsTable>): Promise<boolean> {
  const made = await trx
    .insertInto('port_forwardings')
    .values(row)
    .onConflict((conflict) => conflict.constraint('a_port_is_forwarded_once').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

/** Changes a forwarding; false when the floating IP forwards the new port already. */
export async function updateForwarding(trx: InCloud, id: string, changes: Updateable<PortForwardingsTable>): Promise<boolean> {
  return (await catchViolation(trx.updateTable('port_forwardings').set(changes).where('id', '=', id).execute())) !== 'taken';
}

export async function findForwarding(
  db: CloudDb,
  { floatingIpId, id }: Pick<PortForwarding, 'floatingIpId' | 'id'>,
): Promise<PortForwarding | undefined> {
  const row = await select(db).where('floating_ip_id', '=', floatingIpId).where('id', '=', id).executeTakeFirst();
  return row && toForwarding(row);
}

/** A page of the forwardings of a floating IP; undefined when the marker is unknown. */
export async function listForwardings(db: CloudDb, floatingIpId: string, query: PageQuery): Promise<readonly PortForwarding[] | undefined> {
  const rows = await pageOf(db, select(db).where('floating_ip_id', '=', floatingIpId), 'port_forwardings', query);
  return rows?.map(toForwarding);
}

export async function deleteForwarding(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('port_forwardings').where('id', '=', id).execute();
}

/** A forwarding with the address that it is of. */
export type LeadingPort = PortForwarding & { readonly address: string };

/** The forwardings that lead to ports which a host carries. */
export async function forwardingsOnHost(db: CloudDb, host: HostName): Promise<readonly LeadingPort[]> {
  const rows = await select(db)
    .innerJoin('port_bindings as binding', 'binding.port_id', 'port_forwardings.port_id')
    .innerJoin('floating_ips as floating', 'floating.id', 'port_forwardings.floating_ip_id')
    .where('binding.is_active', '=', true)
    .where('binding.host', '=', host)
    .select(sql<string>`host(floating.address)`.as('address'))
    .orderBy('port_forwardings.number')
    .execute();
  return rows.map((row) => ({ ...toForwarding(row), address: row.address }));
}

/** Whether any of the ports has ports forwarded to it. */
export async function haveForwardings(db: CloudDb, portIds: readonly string[]): Promise<boolean> {
  if (portIds.length === 0) return false;
  return (await db.selectFrom('port_forwardings').select('id').where('port_id', 'in', portIds).limit(1).executeTakeFirst()) !== undefined;
}
