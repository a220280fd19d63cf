import { sql } from 'kysely';
import type { Demand } from '../../objects/flavor.ts';
import type { HostName, ServerId } from '../../objects/ids.ts';
import type { InTransaction, Queries } from './queries.ts';

/**
 * Claims a server's share of a host, if the host still has it: one statement, so that two claims can never both take the last place.
 * A claim that the server already has on this very host counts as taken. Claims of one server queue up until the transaction ends:
 * a step that is repeated while its first try still runs must find that one's claim, which it cannot see before it is committed.
 */
export async function takeClaim(trx: InTransaction, claim: { serverId: ServerId; host: HostName; demand: Demand }): Promise<boolean> {
  const { serverId, host, demand } = claim;
  await lockClaim(trx, serverId);
  const taken = await sql<{ server_id: string }>`
    WITH held AS (SELECT server_id FROM claims WHERE server_id = ${serverId} AND host = ${host}),
    node AS (
      UPDATE compute_nodes
      SET vcpus_used = vcpus_used + ${demand.vcpus}, memory_mb_used = memory_mb_used + ${demand.ramMb}, local_gb_used = local_gb_used + ${demand.diskGb}
      WHERE host = ${host}
        AND NOT EXISTS (SELECT 1 FROM claims WHERE server_id = ${serverId})
        AND vcpus_used + ${demand.vcpus} <= vcpus * cpu_allocation_ratio
        AND memory_mb_used + ${demand.ramMb} <= (memory_mb - reserved_memory_mb) * ram_allocation_ratio
        AND local_gb_used + ${demand.diskGb} <= local_gb * disk_allocation_ratio
      RETURNING host
    ),
    made AS (
      INSERT INTO claims (server_id, host, vcpus, memory_mb, local_gb)
      SELECT ${serverId}, host, ${demand.vcpus}::integer, ${demand.ramMb}::integer, ${demand.diskGb}::integer FROM node
      RETURNING server_id
    )
    SELECT server_id FROM held UNION ALL SELECT server_id FROM made`.execute(trx);
  return taken.rows.length > 0;
}

/** Lets nobody else claim for a server until the end of the transaction. */
export async function lockClaim(trx: InTransaction, serverId: ServerId): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('claim'), hashtext(${serverId}))`.execute(trx);
}

/** Writes down what a server that is on a host takes there, whether the host has that or not; it has no claim anywhere. */
export async function bookClaim(trx: InTransaction, claim: { serverId: ServerId; host: HostName; demand: Demand }): Promise<void> {
  const { serverId, host, demand } = claim;
  await sql`
    WITH node AS (
      UPDATE compute_nodes
      SET vcpus_used = vcpus_used + ${demand.vcpus}, memory_mb_used = memory_mb_used + ${demand.ramMb}, local_gb_used = local_gb_used + ${demand.diskGb}
      WHERE host = ${host} RETURNING host
    )
    INSERT INTO claims (server_id, host, vcpus, memory_mb, local_gb)
    SELECT ${serverId}, host, ${demand.vcpus}::integer, ${demand.ramMb}::integer, ${demand.diskGb}::integer FROM node`.execute(trx);
}

/** Gives a server's share of its host back; a server without a claim is left as it is. */
export async function releaseClaim(db: Queries, serverId: ServerId): Promise<void> {
  await sql`
    WITH gone AS (DELETE FROM claims WHERE server_id = ${serverId} RETURNING host, vcpus, memory_mb, local_gb)
    UPDATE compute_nodes AS node
    SET vcpus_used = node.vcpus_used - gone.vcpus, memory_mb_used = node.memory_mb_used - gone.memory_mb, local_gb_used = node.local_gb_used - gone.local_gb
    FROM gone WHERE node.host = gone.host`.execute(db);
}

/** Where a server's claim is, if it has one. */
export async function claimedHost(db: Queries, serverId: ServerId): Promise<string | undefined> {
  const row = await db.selectFrom('claims').select('host').where('server_id', '=', serverId).executeTakeFirst();
  return row?.host;
}
