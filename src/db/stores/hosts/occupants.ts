/** The servers that a host cannot be removed without. */
import { sql } from 'kysely';
import type { PlacementRole } from '../../../objects/placement-role.ts';
import type { CellDb } from '../../sql/queries.ts';

/** A server that is on a host, comes to it or leaves it. */
export interface Occupant {
  readonly id: string;
  readonly name: string;
  readonly vmState: string;
  /** Null for a server whose row names the host although it has no placement there. */
  readonly role: PlacementRole | null;
}

/** The servers with a placement on a host, and those whose rows name it; at most `limit`, the oldest first, with the number of all. */
export async function occupantsOf(
  db: CellDb,
  host: string,
  limit: number,
): Promise<{ readonly count: number; readonly first: readonly Occupant[] }> {
  const { rows } = await sql<Occupant & { readonly count: number }>`
    SELECT servers.id, servers.name, servers.vm_state AS "vmState", placements.role, count(*) OVER ()::int AS count
    FROM servers LEFT JOIN placements ON placements.server_id = servers.id AND placements.host = ${host}
    WHERE placements.id IS NOT NULL OR (servers.host = ${host} AND servers.vm_state <> 'deleted')
    ORDER BY servers.number LIMIT ${limit}`.execute(db);
  return { count: rows[0]?.count ?? 0, first: rows.map(({ count: _, ...occupant }) => occupant) };
}
