import { sql } from 'kysely';
import type { Demand } from '../../../objects/flavor.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { InTransaction, Queries } from '../../sql/queries.ts';
import { stored } from '../../sql/unique-violation.ts';

/** What a flavor in a row claims, as `demandOf` says; a test of the books holds the two together. */
export const demandOfRow = sql`
  SELECT (flavor ->> 'vcpus')::int AS vcpus, (flavor ->> 'ramMb')::int AS memory_mb,
    (flavor ->> 'rootGb')::int + (flavor ->> 'ephemeralGb')::int + ceil((flavor ->> 'swapMb')::int / 1024.0)::int AS local_gb`;

/** For which server on which host. */
interface Claim {
  readonly serverId: ServerId;
  readonly host: HostName;
}

/**
 * Claims a server's share of a host and writes the host into its record, whose networking is next, if the host still has room and the
 * workflow still holds the server: one statement, so two claims never both take the last place, and whoever sees the claim sees the host.
 * A claim that the server already has on this very host counts as taken. Answers `lost` when another workflow holds the server.
 */
export async function placeServer(db: Queries, claim: Claim & { readonly workflowId: string }): Promise<'placed' | 'full' | 'lost'> {
  const { serverId, workflowId } = claim;
  const place = sql<{ isHeld: boolean; isPlaced: boolean }>`
    WITH server AS (
      SELECT id, wanted.* FROM servers CROSS JOIN LATERAL (${demandOfRow}) AS wanted
      WHERE id = ${serverId} AND workflow_id = ${workflowId} FOR NO KEY UPDATE OF servers
    ),
    ${claiming(claim)},
    placed AS (
      UPDATE servers SET host = got.host, node = node_of.node, zone = service.zone, task_state = 'networking', updated_at = now()
      FROM got
      JOIN compute_nodes AS node_of ON node_of.host = got.host
      JOIN services AS service ON service.host = got.host AND service.binary = 'nova-compute'
      WHERE servers.id = ${serverId}
      RETURNING servers.id
    )
    SELECT EXISTS (SELECT FROM server) AS "isHeld", EXISTS (SELECT FROM placed) AS "isPlaced"`;
  // A try that was given up may still have been at it, and its claim is not seen until it is there: the second look finds it.
  const first = await stored(place.execute(db));
  const { rows } = typeof first === 'string' ? await place.execute(db) : first;
  if (!rows[0]?.isHeld) return 'lost';
  return rows[0].isPlaced ? 'placed' : 'full';
}

/** The part of a statement that claims what the row of `server` wants, and leaves the host in `got`: claimed just now, or before. */
const claiming = ({ serverId, host }: Claim) => sql`
    held AS (SELECT claims.host FROM claims JOIN server ON server.id = claims.server_id WHERE claims.host = ${host}),
    node AS (
      UPDATE compute_nodes AS node
      SET vcpus_used = vcpus_used + server.vcpus, memory_mb_used = memory_mb_used + server.memory_mb, local_gb_used = local_gb_used + server.local_gb
      FROM server
      WHERE host = ${host}
        AND NOT EXISTS (SELECT 1 FROM claims WHERE server_id = ${serverId})
        AND vcpus_used + server.vcpus <= node.vcpus * cpu_allocation_ratio
        AND memory_mb_used + server.memory_mb <= (node.memory_mb - reserved_memory_mb) * ram_allocation_ratio
        AND local_gb_used + server.local_gb <= node.local_gb * disk_allocation_ratio
      RETURNING server.id, host, server.vcpus, server.memory_mb, server.local_gb
    ),
    made AS (
      INSERT INTO claims (server_id, host, vcpus, memory_mb, local_gb) SELECT id, host, vcpus, memory_mb, local_gb FROM node
      RETURNING host
    ),
    got AS (SELECT host FROM held UNION ALL SELECT host FROM made)`;

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
