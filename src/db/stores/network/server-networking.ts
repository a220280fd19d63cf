/** What the network service remembers of each server: how far its requests have come, and which version its addresses have. */
import { sql } from 'kysely';
import { asId, type ServerId } from '../../../objects/ids.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** A change of a server's ports or of their addresses. */
export interface PortsChange {
  readonly serverId: ServerId;
  /** Of the work that it is part of; without one it is never late. */
  readonly fence?: number | undefined;
  /** Whether whoever asked for the change passes the new addresses on to the server's record; otherwise they have to be told there. */
  readonly isTold: boolean;
}

/**
 * Keeps everybody else from changing a server's ports until the end of the transaction; the server itself is another service's. Answers the
 * version that its addresses have from then on, or undefined when newer work has changed its ports already.
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

/** Keeps everybody else from changing a server's ports until the end of the transaction, and changes nothing of them itself. */
export async function lockPortsOf(trx: InCloud, serverId: ServerId): Promise<void> {
  await sql`
    INSERT INTO server_networking AS mine (server_id) VALUES (${serverId})
    ON CONFLICT (server_id) DO UPDATE SET fence = mine.fence`.execute(trx);
}

/** The version of a server's addresses; 0 where they never changed. */
export async function addressVersionOf(db: CloudDb, serverId: ServerId): Promise<number> {
  const row = await db.selectFrom('server_networking').select('version').where('server_id', '=', serverId).executeTakeFirst();
  return row?.version ?? 0;
}

/** Servers of whose addresses compute has yet to hear, those that wait longest first. */
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

/** Compute has heard of a version; where that is not the present one, it has yet to hear of that. */
export async function markTold(db: CloudDb, serverId: ServerId, version: number): Promise<void> {
  await db
    .updateTable('server_networking')
    .set({ is_told: true })
    .where('server_id', '=', serverId)
    .where('version', '=', version)
    .execute();
}

/** Forgets servers that have no ports and whose ports nobody changed since a time; answers how many. No request may be older than that. */
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
