/** Which hosts carry which ports. */
import { type RawBuilder, sql } from 'kysely';
import type { HostName, PortId, ServerId } from '../../../objects/ids.ts';
import type { Port } from '../../../objects/network.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { portUpdate } from '../../../events/network.ts';
import { EVENT_COLUMNS } from '../cloud/row-events.ts';
import { portEvent, portParts, selectPorts, toPort, unboundParts } from './ports.ts';

/** A server's ports on a host, and the fence of the request; a request without a fence is never late. */
export interface ServerOnHost {
  readonly serverId: ServerId;
  readonly host: HostName;
  readonly fence?: number | undefined;
}

/**
 * Makes a host the active binding of a server's ports, replacing the present one; false when the request is late. The host carries the
 * ports from its next reconciliation on.
 */
export async function bindPorts(db: CloudDb, { serverId, host, fence }: ServerOnHost): Promise<boolean> {
  const { rows } = await sql`
    WITH held AS ${holding(serverId, fence)},
    bound AS (
      INSERT INTO port_bindings (port_id, host) SELECT ports.id, ${host} FROM ports JOIN held ON held.server_id = ports.server_id
      ON CONFLICT (port_id) WHERE is_active DO UPDATE SET host = excluded.host
    )
    SELECT FROM held`.execute(db);
  return rows.length > 0;
}

/** Part of a statement that takes the lock on a server's ports; it has no row when the request is late. */
const holding = (serverId: ServerId, fence: number | undefined) => sql`(
  INSERT INTO server_networking AS mine (server_id, fence) VALUES (${serverId}, ${fence ?? 0})
  ON CONFLICT (server_id) DO UPDATE SET fence = coalesce(${fence ?? null}::bigint, mine.fence), updated_at = now()
  WHERE ${fence ?? null}::bigint IS NULL OR mine.fence <= ${fence ?? null}::bigint
  RETURNING server_id
)`;

/** Binds a server's ports to a second host, beside the one that is active; false when the request is late. */
export async function bindPortsAlso(db: CloudDb, { serverId, host, fence }: ServerOnHost): Promise<boolean> {
  const { rows } = await sql`
    WITH held AS ${holding(serverId, fence)},
    bound AS (
      INSERT INTO port_bindings (port_id, host, is_active)
      SELECT ports.id, ${host}, false FROM ports JOIN held ON held.server_id = ports.server_id
      ON CONFLICT (port_id, host) DO NOTHING
    )
    SELECT FROM held`.execute(db);
  return rows.length > 0;
}

/**
 * Makes a host to which a server's ports are bound the active one; the one that was stays bound. A port that is not bound to it gets this
 * host in place of the one it had. False when the request is late.
 */
export async function turnPortsTo(trx: InCloud, { serverId, host, fence }: ServerOnHost): Promise<boolean> {
  const { rows } = await sql`WITH held AS ${holding(serverId, fence)} SELECT FROM held`.execute(trx);
  if (rows.length === 0) return false;
  const mine = sql`port_id IN (SELECT id FROM ports WHERE server_id = ${serverId})`;
  // One after the other, as a port has one active binding at any moment.
  await sql`
    UPDATE port_bindings AS other SET is_active = false WHERE ${mine} AND host <> ${host}
      AND EXISTS (SELECT FROM port_bindings WHERE port_id = other.port_id AND host = ${host})`.execute(trx);
  await sql`UPDATE port_bindings SET is_active = true WHERE ${mine} AND host = ${host}`.execute(trx);
  return await bindPorts(trx, { serverId, host, fence });
}

/** The ports that a host carries: those bound to it that were plugged. A port that is only bound yet is left to its plugging. */
export async function portsOnHost(db: CloudDb, host: HostName): Promise<readonly Port[]> {
  const rows = await selectPorts(db)
    .where('status', '=', 'ACTIVE')
    .where(sql<boolean>`ports.id IN (SELECT port_id FROM port_bindings WHERE host = ${host})`)
    .orderBy('number')
    .execute();
  return rows.map(toPort);
}

/** A server whose ports to plug, and the request that this belongs to. */
export interface Plugging {
  readonly serverId: ServerId;
  readonly requestId: string;
}

/** Marks those of the servers' ports that a host carries as plugged. @returns them, each server's in the order of its request */
export async function activatePorts(db: CloudDb, servers: readonly Plugging[], host: HostName): Promise<readonly Port[]> {
  const serverIds = servers.map(({ serverId }) => serverId);
  const requestOf = sql<string>`${JSON.stringify(Object.fromEntries(servers.map(({ serverId, requestId }) => [serverId, requestId])))}::jsonb`;
  const requestId = sql<string>`${requestOf} ->> active.server_id::text`;
  const rows = await db
    .with('active', (cte) =>
      cte
        .updateTable('ports')
        .set({ status: 'ACTIVE', updated_at: sql<Date>`now()` })
        .where(sql<boolean>`server_id = ANY(${serverIds})`)
        .where(sql<boolean>`ports.id IN (SELECT port_id FROM port_bindings WHERE host = ${host})`)
        .returningAll('ports')
        .returning([...portParts]),
    )
    .with('told', (cte) =>
      cte
        .insertInto('events')
        .columns(EVENT_COLUMNS)
        .expression((eb) => eb.selectFrom('active').select(portEvent('active', { type: sql.lit(portUpdate.type), requestId }))),
    )
    .selectFrom('active')
    .selectAll()
    .execute();
  return rows.map(toPort).sort((a, b) => (a.serverIndex ?? 0) - (b.serverIndex ?? 0) || a.number - b.number);
}

/** Those of a server's ports that a host carries; none for a late request. */
export async function portsToTakeOff(db: CloudDb, { serverId, host, fence }: ServerOnHost): Promise<readonly PortId[]> {
  const { rows } = await sql<{ id: PortId }>`
    SELECT id FROM ports WHERE server_id = ${serverId} AND NOT ${isLate(fence)}
      AND id IN (SELECT port_id FROM port_bindings WHERE host = ${host}) ORDER BY number`.execute(db);
  return rows.map(({ id }) => id);
}

/** Deletes the bindings of a server's ports to a host, except those made by newer work. */
export async function unbindPorts(
  db: CloudDb,
  ids: readonly PortId[],
  { host, fence, requestId }: Omit<ServerOnHost, 'serverId'> & { readonly requestId: string },
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .with('gone', (cte) =>
      cte
        .deleteFrom('port_bindings')
        .using('ports')
        .whereRef('port_bindings.port_id', '=', 'ports.id')
        .where('port_bindings.port_id', 'in', [...ids])
        .where('port_bindings.host', '=', host)
        .where(sql<boolean>`NOT ${isLate(fence)}`)
        .returning(['port_bindings.port_id', 'port_bindings.is_active']),
    )
    .with('down', (cte) =>
      cte
        .updateTable('ports')
        .from('gone')
        .set({ status: 'DOWN', updated_at: sql<Date>`now()` })
        .whereRef('ports.id', '=', 'gone.port_id')
        .where('gone.is_active', '=', true)
        .returningAll('ports')
        .returning([...unboundParts]),
    )
    .insertInto('events')
    .columns(EVENT_COLUMNS)
    .expression((eb) => eb.selectFrom('down').select(portEvent('down', { type: sql.lit(portUpdate.type), requestId: sql.val(requestId) })))
    .execute();
}

/** Whether work with a higher fence has changed the ports of a row's server. */
const isLate = (fence: number | undefined): RawBuilder<boolean> =>
  sql`EXISTS (SELECT FROM server_networking AS newer WHERE newer.server_id = ports.server_id AND newer.fence > ${fence ?? null}::bigint)`;
