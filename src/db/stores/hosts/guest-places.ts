/** The nodes, CPUs, pages and PCI devices that servers have on hosts. */
import { sql } from 'kysely';
import { isTailored, type Sizing } from '../../../objects/demand.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { GuestPlacement } from '../../../objects/numa/guest-placement.ts';
import type { PlacedDevice } from '../../../objects/pci/host-device.ts';
import type { CellDb } from '../../sql/queries.ts';

/** What a guest is made with; what it does not have is absent. */
interface GuestPlace {
  readonly numa?: GuestPlacement;
  readonly devices?: PlacedDevice[];
}

/**
 * The place of a server on a host, where it is or comes to; of a server that changes its size there, the one that it comes to. Empty
 * where it takes any; no statement for servers that never ask.
 */
export async function placeOfGuest(
  db: CellDb,
  { serverId, host, ...sizing }: Sizing & { readonly serverId: ServerId; readonly host: HostName | null },
): Promise<GuestPlace> {
  if (host === null || !isTailored(sizing)) return {};
  const row = await db
    .selectFrom('placements')
    .select(['numa', 'devices'])
    .where('server_id', '=', serverId)
    .where('host', '=', host)
    .where('role', 'in', ['incoming', 'current'])
    .orderBy(sql`role = 'incoming'`, 'desc')
    .executeTakeFirst();
  return { ...(row?.numa && { numa: row.numa }), ...(row?.devices && { devices: row.devices }) };
}
