/** Rows of ports, with their addresses and groups. */
import { type Expression, type Insertable, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import { asId, type HostName, type NetworkId, type PortId, type ServerId } from '../../../objects/ids.ts';
import type { FixedIp, Port } from '../../../objects/network.ts';
import { portCreate, portDelete, portSnapshot, portUpdate } from '../../../events/network.ts';
import type { PortsTable } from '../../schema/network.ts';
import { rowSnapshot } from '../../sql/row-snapshot.ts';
import { EVENT_COLUMNS, type RowEvent, rowEvent } from '../cloud/row-events.ts';
import { activeHost, type PageQuery, pageOf } from './pages.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

type PortRow = Selectable<PortsTable> & { fixed_ips: FixedIp[]; group_ids: string[]; host: string | null };

const fixedIps = sql<FixedIp[]>`
  (SELECT coalesce(jsonb_agg(jsonb_build_object('subnetId', subnet_id, 'ipAddress', host(ip_address)) ORDER BY family(ip_address), ip_address), '[]')
   FROM ip_allocations WHERE port_id = ports.id)`.as('fixed_ips');
const groupIds = sql<string[]>`
  (SELECT coalesce(jsonb_agg(group_id ORDER BY group_id), '[]') FROM port_security_groups WHERE port_id = ports.id)`.as('group_ids');
const host = sql<string | null>`(${activeHost})`.as('host');

/** The parts of a port outside its own row. */
export const portParts = [fixedIps, groupIds, host] as const;

/** The same for a port that no host carries any more. */
export const unboundParts = [fixedIps, groupIds, sql<string | null>`NULL`.as('host')] as const;

export const toPort = (row: PortRow): Port => ({
  id: asId<PortId>(row.id),
  number: row.number,
  projectId: row.project_id,
  networkId: asId<NetworkId>(row.network_id),
  name: row.name,
  description: row.description,
  macAddress: row.mac_address,
  adminStateUp: row.admin_state_up,
  status: row.status,
  deviceId: row.device_id,
  deviceOwner: row.device_owner,
  serverId: row.server_id === null ? null : asId<ServerId>(row.server_id),
  serverIndex: row.server_index,
  isMadeForServer: row.made_for_server,
  serverTag: row.server_tag,
  hostname: row.hostname,
  routerId: row.router_id,
  host: row.host === null ? null : asId<HostName>(row.host),
  wantedHost: row.wanted_host,
  bindingProfile: row.binding_profile,
  portSecurityEnabled: row.port_security_enabled,
  allowedAddressPairs: row.allowed_address_pairs,
  fixedIps: row.fixed_ips,
  securityGroupIds: row.group_ids,
  extraDhcpOptions: row.extra_dhcp_options,
  qosPolicyId: row.qos_policy_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
  tags: row.tags,
});

/** An event of the port in `alias`, as values for EVENT_COLUMNS; its addresses, groups and host must be selected with it. */
export const portEvent = (alias: string, event: Omit<RowEvent, 'payload'>) =>
  rowEvent(alias, { ...event, payload: rowSnapshot(portSnapshot, alias, { securityGroupIds: `${alias}.group_ids` }) });

export const selectPorts = (db: CloudDb) =>
  db
    .selectFrom('ports')
    .selectAll('ports')
    .select([...portParts]);

/** Inserts a port and its group memberships; false when the network has a port with that MAC address. */
export async function insertPort(db: CloudDb, row: Insertable<PortsTable>, inGroups: readonly string[]): Promise<boolean> {
  const made = await db
    .with('port', (cte) =>
      cte
        .insertInto('ports')
        .values(row)
        .onConflict((conflict) => conflict.columns(['network_id', 'mac_address']).doNothing())
        .returning('id'),
    )
    .with('grouped', (cte) =>
      cte
        .insertInto('port_security_groups')
        .columns(['port_id', 'group_id'])
        .expression((eb) => eb.selectFrom('port').select(['id', sql<string>`unnest(${[...new Set(inGroups)]}::uuid[])`.as('group_id')])),
    )
    .selectFrom('port')
    .select('id')
    .executeTakeFirst();
  return made !== undefined;
}

/** One port; with a project, only if the port or its network belongs to the project. */
export async function findPort(db: CloudDb, id: string, projectId: string | null): Promise<Port | undefined> {
  const select = selectPorts(db).where('ports.id', '=', id);
  const row = await (projectId === null ? select : select.where(visiblePorts(projectId))).executeTakeFirst();
  return row && toPort(row);
}

const visiblePorts = (projectId: string) =>
  sql<boolean>`(ports.project_id = ${projectId} OR ports.network_id IN (SELECT id FROM networks WHERE project_id = ${projectId}))`;

/** A page of ports that the project may see (null: all); undefined when the marker is unknown. */
export async function listPorts(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly Port[] | undefined> {
  const select = selectPorts(db);
  return (await pageOf(db, projectId === null ? select : select.where(visiblePorts(projectId)), 'ports', query))?.map(toPort);
}

/** Conditions on ports' addresses and groups, for `listPorts`. */
export const portsWith = {
  address: (addresses: readonly string[]): Expression<SqlBool> =>
    sql<SqlBool>`ports.id IN (SELECT port_id FROM ip_allocations WHERE host(ip_address) = ANY(${[...addresses]}))`,
  addressPart: (parts: readonly string[]): Expression<SqlBool> =>
    sql<SqlBool>`ports.id IN (
      SELECT port_id FROM ip_allocations, unnest(${[...parts]}::text[]) AS part WHERE position(lower(part) IN host(ip_address)) > 0)`,
  subnet: (subnetIds: readonly string[]): Expression<SqlBool> =>
    sql<SqlBool>`ports.id IN (SELECT port_id FROM ip_allocations WHERE subnet_id::text = ANY(${[...subnetIds]}))`,
  group: (groupIds: readonly string[]): Expression<SqlBool> =>
    sql<SqlBool>`ports.id IN (SELECT port_id FROM port_security_groups WHERE group_id::text = ANY(${[...groupIds]}))`,
};

/** Ports by id, locked until the transaction ends. */
export async function lockPorts(trx: InCloud, ids: readonly string[]): Promise<readonly Port[]> {
  if (ids.length === 0) return [];
  await trx.selectFrom('ports').select('id').where('id', 'in', ids).orderBy('number').forNoKeyUpdate().execute();
  return await portsWithIds(trx, ids);
}

/** Ports by id. */
export async function portsWithIds(db: CloudDb, ids: readonly string[]): Promise<readonly Port[]> {
  if (ids.length === 0) return [];
  return (await selectPorts(db).where('ports.id', 'in', ids).orderBy('number').execute()).map(toPort);
}

/** A server's ports, in the order of its request. */
export async function portsOfServer(db: CloudDb, serverId: ServerId): Promise<readonly Port[]> {
  const rows = await selectPorts(db).where('server_id', '=', serverId).orderBy('server_index').orderBy('number').execute();
  return rows.map(toPort);
}

export async function updatePort(db: CloudDb, id: string, changes: Updateable<PortsTable>): Promise<void> {
  await db
    .updateTable('ports')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Raises the revision of ports of which something changed that is not in their rows. */
export async function touchPorts(trx: InCloud, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.updateTable('ports').set({ updated_at: sql<Date>`now()` }).where('id', 'in', ids).execute();
}

/** Writes the events of a server's new ports: create for those made for it, update for existing ones. */
export async function tellServerPorts(trx: InCloud, ids: readonly string[], requestId: string): Promise<void> {
  if (ids.length === 0) return;
  const type = sql<string>`CASE WHEN given.made_for_server THEN ${sql.lit(portCreate.type)} ELSE ${sql.lit(portUpdate.type)} END`;
  await trx
    .with('given', () => selectPorts(trx).where('ports.id', '=', sql<string>`any(${[...ids]}::uuid[])`))
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom('given')
        .select(portEvent('given', { type, requestId: sql.val(requestId) }))
        .orderBy('number'),
    )
    .execute();
}

/** The columns of a port without a server. */
const FREE = {
  server_id: null,
  server_index: null,
  server_tag: null,
  status: 'DOWN',
  device_id: '',
  device_owner: '',
  hostname: '',
  wanted_host: null,
} as const;

/** Removes a server's ports, or some of them, from it: deletes those made for it, frees the others. @returns how many there were */
export async function freePortsOfServer(trx: InCloud, serverId: ServerId, requestId: string, only?: readonly PortId[]): Promise<number> {
  const isMeant = only ? sql<boolean>`ports.id = ANY(${[...only]}::uuid[])` : sql<boolean>`true`;
  const told = await trx
    .with('gone', (cte) =>
      cte
        .deleteFrom('ports')
        .where('server_id', '=', serverId)
        .where(isMeant)
        .where('made_for_server', '=', true)
        .returningAll('ports')
        .returning([...portParts]),
    )
    .with('freed', (cte) =>
      cte
        .updateTable('ports')
        .set({ ...FREE, updated_at: sql<Date>`now()` })
        .where('server_id', '=', serverId)
        .where(isMeant)
        .where('made_for_server', '=', false)
        .returningAll('ports')
        .returning([...unboundParts]),
    )
    .with('unbound', (cte) => cte.deleteFrom('port_bindings').using('freed').whereRef('port_bindings.port_id', '=', 'freed.id'))
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom('gone')
        .select(portEvent('gone', { type: sql.lit(portDelete.type), requestId: sql.val(requestId) }))
        .unionAll(eb.selectFrom('freed').select(portEvent('freed', { type: sql.lit(portUpdate.type), requestId: sql.val(requestId) }))),
    )
    .executeTakeFirstOrThrow();
  return Number(told.numInsertedOrUpdatedRows ?? 0n);
}

export async function deletePort(db: CloudDb, id: string): Promise<void> {
  await db.deleteFrom('ports').where('id', '=', id).execute();
}

/** How many ports a network has; with `notOf`, only those of other projects. */
export async function countPorts(db: CloudDb, networkId: string, { notOf }: { notOf?: string } = {}): Promise<number> {
  const select = db
    .selectFrom('ports')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('network_id', '=', networkId);
  const row = await (notOf === undefined ? select : select.where('project_id', '<>', notOf)).executeTakeFirstOrThrow();
  return Number(row.n);
}

/** The ports of a network that are no devices of the network itself: those with an address of the subnet, if one is named. */
export async function guestPortsOn(
  db: CloudDb,
  { networkId, subnetId = null }: { readonly networkId: string; readonly subnetId?: string | null },
): Promise<readonly PortId[]> {
  const { rows } = await sql<{ id: PortId }>`
    SELECT id FROM ports WHERE network_id = ${networkId} AND device_owner NOT LIKE 'network:%'
      AND (${subnetId}::uuid IS NULL OR id IN (SELECT port_id FROM ip_allocations WHERE subnet_id = ${subnetId}))
    ORDER BY number`.execute(db);
  return rows.map(({ id }) => id);
}

/** Whether routers lead to a network, or floating IPs come from it. */
export async function isUsedExternally(db: CloudDb, networkId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM ports WHERE network_id = ${networkId}
      AND (router_part = 'gateway' OR id IN (SELECT own_port_id FROM floating_ips)) LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Replaces a port's groups with these. */
export async function setPortGroups(trx: InCloud, portId: string, groupIds: readonly string[]): Promise<void> {
  await trx.deleteFrom('port_security_groups').where('port_id', '=', portId).execute();
  if (groupIds.length === 0) return;
  const rows = [...new Set(groupIds)].map((group_id) => ({ port_id: portId, group_id }));
  await trx.insertInto('port_security_groups').values(rows).execute();
}
