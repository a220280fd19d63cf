/** Rows of floating IPs, with what they lead to. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { asId, type NetworkId, type PortId } from '../../../objects/ids.ts';
import type { FloatingIp, FloatingTarget } from '../../../objects/network.ts';
import type { FloatingIpsTable } from '../../schema/network.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { floatingForwardings, floatingStatus, floatingTargetOf } from './floating-columns.ts';
import { type PageQuery, pageOf } from './pages.ts';

type FloatingRow = Selectable<FloatingIpsTable> & { status: 'ACTIVE' | 'DOWN'; target: FloatingTarget | null } & Pick<
    FloatingIp,
    'forwardings'
  >;

const toFloatingIp = (row: FloatingRow): FloatingIp => ({
  id: row.id,
  number: row.number,
  projectId: row.project_id,
  description: row.description,
  networkId: asId<NetworkId>(row.network_id),
  address: row.address,
  ownPortId: asId<PortId>(row.own_port_id),
  status: row.status,
  target: row.target,
  forwardings: row.forwardings,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
  tags: row.tags,
});

const selectFloatingIps = (db: CloudDb) =>
  db
    .selectFrom('floating_ips')
    .selectAll('floating_ips')
    .select([
      sql<string>`host(address)`.as('address'),
      sql<'ACTIVE' | 'DOWN'>`${floatingStatus}`.as('status'),
      floatingTargetOf(
        sql<FloatingTarget>`jsonb_build_object('portId', port_id, 'subnetId', subnet_id, 'fixedIp', host(fixed_ip), 'routerId', router_id)`,
      ).as('target'),
      floatingForwardings.as('forwardings'),
    ]);

export async function insertFloatingIp(trx: InCloud, row: Insertable<FloatingIpsTable>): Promise<void> {
  await trx.insertInto('floating_ips').values(row).execute();
}

/** Those of the floating IPs that exist and that the project owns (null: any project's). */
export async function findFloatingIps(db: CloudDb, ids: readonly string[], projectId: string | null): Promise<readonly FloatingIp[]> {
  if (ids.length === 0) return [];
  const select = selectFloatingIps(db).where('floating_ips.id', 'in', ids).orderBy('number');
  return (await (projectId === null ? select : select.where('project_id', '=', projectId)).execute()).map(toFloatingIp);
}

/** A page of a project's floating IPs (null: of all); undefined when the marker is unknown. */
export async function listFloatingIps(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly FloatingIp[] | undefined> {
  const select = selectFloatingIps(db);
  const rows = await pageOf(db, projectId === null ? select : select.where('project_id', '=', projectId), 'floating_ips', query);
  return rows?.map(toFloatingIp);
}

/** The floating IPs of a network that lead nowhere. */
export async function unusedFloatingIps(db: CloudDb, networkId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM floating_ips WHERE network_id = ${networkId}
      AND NOT EXISTS (SELECT FROM floating_ip_targets WHERE floating_ip_id = floating_ips.id)
      AND NOT EXISTS (SELECT FROM port_forwardings WHERE floating_ip_id = floating_ips.id) ORDER BY number`.execute(db);
  return rows.map(({ id }) => id);
}

/** A floating IP, locked until the transaction ends. */
export async function lockFloatingIp(trx: InCloud, id: string): Promise<FloatingIp | undefined> {
  await trx.selectFrom('floating_ips').select('id').where('id', '=', id).forNoKeyUpdate().execute();
  return (await findFloatingIps(trx, [id], null))[0];
}

export async function updateFloatingIp(trx: InCloud, id: string, changes: Updateable<FloatingIpsTable>): Promise<FloatingIp | undefined> {
  await trx
    .updateTable('floating_ips')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  return (await findFloatingIps(trx, [id], null))[0];
}

export async function deleteFloatingIp(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('floating_ips').where('id', '=', id).execute();
}

/** Whether the port holds the address of a floating IP. */
export async function holdsFloatingIp(db: CloudDb, portId: string): Promise<boolean> {
  return (await db.selectFrom('floating_ips').select('id').where('own_port_id', '=', portId).executeTakeFirst()) !== undefined;
}
