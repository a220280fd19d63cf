/** Where hosts that carry networks are reached by each other, and which ports are where. */
import { sql } from 'kysely';
import type { HostName, NetworkId } from '../../../objects/ids.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { transaction } from '../../sql/retry.ts';

/** Records where a host is reached (null: nowhere). @returns whether that is new */
export async function recordTunnelAddress(db: CloudDb, host: HostName, address: string | null): Promise<boolean> {
  if (address === null) return await forgetNetworkHost(db, host);
  return await transaction(db, async (trx) => {
    // A host that was renamed: whoever has the address now is reached by it.
    await sql`DELETE FROM network_hosts WHERE tunnel_address = ${address}::inet AND host <> ${host}`.execute(trx);
    const { rows } = await sql`
      INSERT INTO network_hosts (host, tunnel_address) VALUES (${host}, ${address}::inet)
      ON CONFLICT (host) DO UPDATE SET tunnel_address = excluded.tunnel_address, updated_at = now()
        WHERE network_hosts.tunnel_address <> excluded.tunnel_address
      RETURNING host`.execute(trx);
    return rows.length > 0;
  });
}

/** Removes a host. @returns whether it was there */
export async function forgetNetworkHost(db: CloudDb, host: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('network_hosts').where('host', '=', host).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Whether hosts reach each other at all: with less than two nobody needs to know where ports are. */
export async function areHostsLinked(db: CloudDb): Promise<boolean> {
  const { rows } = await sql`SELECT FROM network_hosts LIMIT 2`.execute(db);
  return rows.length > 1;
}

/** Where a host itself is reached; undefined too where there is no other host. */
export async function tunnelAddressOf(db: CloudDb, host: HostName): Promise<string | undefined> {
  const { rows } = await sql<{ address: string }>`
    SELECT host(tunnel_address) AS address FROM network_hosts
    WHERE host = ${host} AND EXISTS (SELECT FROM network_hosts AS other WHERE other.host <> ${host})`.execute(db);
  return rows[0]?.address;
}

/** A port that another host carries or expects. */
export interface RemotePort {
  readonly networkId: NetworkId;
  readonly macAddress: string;
  readonly ipAddresses: readonly string[];
  /** Where that host is reached. */
  readonly address: string;
  readonly isActive: boolean;
}

/** The ports of networks that are bound to other hosts, and not to this one, by host. */
export async function portsElsewhere(db: CloudDb, networkIds: readonly string[], host: HostName): Promise<readonly RemotePort[]> {
  if (networkIds.length === 0) return [];
  const { rows } = await sql<RemotePort>`
    SELECT ports.network_id AS "networkId", ports.mac_address AS "macAddress", host(there.tunnel_address) AS address, binding.is_active AS "isActive",
      (SELECT coalesce(jsonb_agg(host(ip_address) ORDER BY ip_address), '[]') FROM ip_allocations WHERE port_id = ports.id) AS "ipAddresses"
    FROM ports
    JOIN port_bindings AS binding ON binding.port_id = ports.id AND binding.host <> ${host}
    JOIN network_hosts AS there ON there.host = binding.host
    WHERE ports.network_id = ANY(${[...networkIds]}::uuid[]) AND ports.status = 'ACTIVE'
      AND NOT EXISTS (SELECT FROM port_bindings AS mine WHERE mine.port_id = ports.id AND mine.host = ${host})
    ORDER BY there.host, ports.number`.execute(db);
  return rows;
}
