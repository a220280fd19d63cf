/** The nodes, CPUs and pages that servers have on hosts. */
import { sql } from 'kysely';
import { isTailored, type Sizing } from '../../../objects/demand.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { GuestPlacement } from '../../../objects/numa/guest-placement.ts';
import type { CellDb } from '../../sql/queries.ts';

/**
 * The place of a server on a host, where it is or comes to; of a server that changes its size there, the one that it comes to. Undefined
 * where it takes any; no statement for servers that never ask.
 */
export async function placeOnNodes(
  db: CellDb,
  { serverId, host, ...sizing }: Sizing & { readonly serverId: ServerId; readonly host: HostName | null },
): Promise<GuestPlacement | undefined> {
  if (host === null || !isTailored(sizing)) return undefined;
  const row = await db
    .selectFrom('placements')
    .select('numa')
    .where('server_id', '=', serverId)
    .where('host', '=', host)
    .where('role', 'in', ['incoming', 'current'])
    .orderBy(sql`role = 'incoming'`, 'desc')
    .executeTakeFirst();
  return row?.numa ?? undefined;
}
