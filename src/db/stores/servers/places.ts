/** Which servers are on which hosts. */
import { sql } from 'kysely';
import { asId, type HostName, isUuid } from '../../../objects/ids.ts';
import type { PlacementRole } from '../../../objects/placement-role.ts';
import type { Server } from '../../../objects/server.ts';
import type { CellDb } from '../../sql/queries.ts';
import { toServer } from './servers.ts';

/** A server that has a placement on a host. */
export interface PlacedServer {
  readonly server: Server;
  readonly role: PlacementRole;
}

/**
 * The servers with a placement on a host, each with the placement's role. A server whose record names the host without a placement violates
 * an invariant; until that is repaired it counts as being there, because hosts destroy the guests of all servers that are not.
 */
export async function serversPlacedOn(db: CellDb, host: HostName): Promise<readonly PlacedServer[]> {
  const rows = await db
    .selectFrom('servers')
    .selectAll('servers')
    // One that changes its size on this host has two: the one that counts is where it is.
    .select(
      sql<PlacementRole>`coalesce((
        SELECT role FROM placements WHERE server_id = servers.id AND host = ${host} ORDER BY role = 'current' DESC LIMIT 1), 'current')`.as(
        'role',
      ),
    )
    .where(
      sql<boolean>`servers.id IN (
        SELECT server_id FROM placements WHERE host = ${host} UNION SELECT id FROM servers WHERE host = ${host} AND vm_state <> 'deleted')`,
    )
    .execute();
  return rows.map(({ role, ...row }) => ({ server: toServer(row), role }));
}

/** Those of a project's servers that are on a host, by host; ids of other projects' servers are skipped. */
export async function serversByHost(
  db: CellDb,
  { ids, projectId }: { readonly ids: readonly string[]; readonly projectId: string },
): Promise<ReadonlyMap<HostName, readonly string[]>> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return new Map();
  const rows = await db
    .selectFrom('servers')
    .select(['id', 'host'])
    .where('id', 'in', known)
    .where('project_id', '=', projectId)
    .where('vm_state', '<>', 'deleted')
    .execute();
  const hosts = new Map<HostName, string[]>();
  for (const { id, host } of rows) {
    if (host === null) continue;
    const there = hosts.get(asId<HostName>(host));
    if (there) there.push(id);
    else hosts.set(asId<HostName>(host), [id]);
  }
  return hosts;
}

/** The hosts with servers of another flavor. */
export async function hostsOfOtherFlavors(db: CellDb, flavorId: string): Promise<ReadonlySet<HostName>> {
  const { rows } = await sql<{ host: HostName }>`
    SELECT DISTINCT host FROM servers WHERE host IS NOT NULL AND vm_state <> 'deleted' AND flavor ->> 'id' <> ${flavorId}`.execute(db);
  return new Set(rows.map(({ host }) => host));
}

/** For each host, how alike its servers' images are: a server counts the factor of each property whose value its image has, too. */
export async function serversWithLikeImages(
  db: CellDb,
  properties: Readonly<Record<string, string>>,
  factors: readonly { readonly name: string; readonly factor: number }[],
): Promise<ReadonlyMap<HostName, number>> {
  const shared = factors.flatMap(({ name, factor }) => (properties[name] === undefined ? [] : [{ name, factor, value: properties[name] }]));
  if (shared.length === 0) return new Map();
  const { rows } = await sql<{ host: HostName; sum: number }>`
    SELECT host, sum(factor)::float8 AS sum
    FROM servers CROSS JOIN jsonb_to_recordset(${JSON.stringify(shared)}::jsonb) AS wanted (name text, factor double precision, value text)
    WHERE host IS NOT NULL AND vm_state <> 'deleted' AND image -> 'properties' ->> name = value GROUP BY host`.execute(db);
  return new Map(rows.map(({ host, sum }) => [host, sum]));
}

/** The hosts on which a server has a placement. */
export async function placedHosts(db: CellDb, serverId: Server['id']): Promise<readonly HostName[]> {
  const rows = await db.selectFrom('placements').select('host').where('server_id', '=', serverId).execute();
  return rows.map(({ host }) => asId<HostName>(host));
}
