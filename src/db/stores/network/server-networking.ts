/** The network service's state of each server: the highest fence of its requests, and the version of its addresses. */
import { sql } from 'kysely';
import { asId, type ServerId } from '../../../objects/ids.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** A change of a server's ports or of their addresses. */
export interface PortsChange {
  readonly serverId: ServerId;
  /** The fence of the work; a change without one is never late. */
  readonly fence?: number | undefined;
  /** Whether the requester writes the new addresses to the server's record itself; otherwise compute must be told. */
  readonly isTold: boolean;
}

/**
 * Locks a server's ports until the transaction ends; the server itself belongs to another service. Returns the new version of its
 * addresses, or undefined when newer work has already changed its ports.
 */
export async function changePortsOf(trx: InCloud, { serverId, isTold, ...change }: PortsChange): Promise<number | undefined> {
  const fence = change.fence ?? null;
  const { rows } = await sql<{ version: number }>`
    INSERT INTO server_networking AS mine (server_id, fence, version, is_told) VALUES (${serverId}, coalesce(${fence}::bigint, 0), 1, ${isTold})
    ON CONFLICT (server_id) DO UPDATE
    SET fence = coalesce(${fence}::bigint, mine.fence), version = mine.version + 1, is_told = ${isTold}, updated_at = now()
    WHERE ${fence}::bigint IS NULL OR mine.fence <= ${fence}::bigint
    RETURNING version`.execute(trx);
  return rows[0]?.version;
}

/** Compute must be told again of all servers with a port in the security group: it was renamed. */
export async function changePortsInGroup(trx: InCloud, groupId: string): Promise<void> {
  await sql`
    UPDATE server_networking AS mine SET version = version + 1, is_told = false, updated_at = now()
    WHERE server_id IN (SELECT server_id FROM ports JOIN port_security_groups ON port_id = ports.id WHERE group_id = ${groupId})`.execute(
    trx,
  );
}

/** Compute must be told again of all servers with an address in the subnet: what their guests must know of it changed. */
export async function changePortsInSubnet(trx: InCloud, subnetId: string): Promise<void> {
  await sql`
    UPDATE server_networking AS mine SET version = version + 1, is_told = false, updated_at = now()
    WHERE server_id IN (SELECT server_id FROM ports JOIN ip_allocations ON port_id = ports.id WHERE subnet_id = ${subnetId})`.execute(trx);
}

/** Locks a server's ports until the transaction ends, without a new version. */
export async function lockPortsOf(trx: InCloud, serverId: ServerId): Promise<void> {
  await sql`
    INSERT INTO server_networking AS mine (server_id) VALUES (${serverId})
    ON CONFLICT (server_id) DO UPDATE SET fence = mine.fence`.execute(trx);
}

/** The version of a server's addresses; 0 if they never changed. */
export async function addressVersionOf(db: CloudDb, serverId: ServerId): Promise<number> {
  const row = await db.selectFrom('server_networking').select('version').where('server_id', '=', serverId).executeTakeFirst();
  return row?.version ?? 0;
}

/** Servers whose new addresses compute has not been told, longest waiting first. */
export async function untoldServers(db: CloudDb, limit: number): Promise<readonly ServerId[]> {
  const rows = await db
    .selectFrom('server_networking')
    .select('server_id')
    .where(sql<boolean>`NOT is_told`)
    .orderBy('updated_at')
    .limit(limit)
    .execute();
  return rows.map(({ server_id }) => asId<ServerId>(server_id));
}

/** Records that compute was told a version; a no-op when that is no longer the current one. */
export async function markTold(db: CloudDb, serverId: ServerId, version: number): Promise<void> {
  await db
    .updateTable('server_networking')
    .set({ is_told: true })
    .where('server_id', '=', serverId)
    .where('version', '=', version)
    .execute();
}

/** Deletes the rows of servers without ports, unchanged since a time that must be older than any request. @returns how many */
export async function forgetServerNetworking(
  db: CloudDb,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    DELETE FROM server_networking WHERE server_id IN (
      SELECT server_id FROM server_networking AS old
      WHERE updated_at < ${before} AND is_told AND NOT EXISTS (SELECT FROM ports WHERE ports.server_id = old.server_id)
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(db);
  return rows.length;
}
