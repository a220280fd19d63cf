import { type RawBuilder, sql } from 'kysely';
import { demandOfRow, isVolumeBackedRow } from '../../db/stores/hosts/claim-statement.ts';
import { bookPlacement, releasePlacements } from '../../db/stores/hosts/placements.ts';
import { isTailoredRow } from '../../db/stores/hosts/tailored-demand.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { demandOf, type Sizing, takenIn, withDevices } from '../../objects/demand.ts';
import type { PlacedDevice } from '../../objects/pci/host-device.ts';
import { kindOf } from '../../lib/errors/error-type.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { rootVolumeOf } from '../../objects/server-volume.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isUnderWay } from '../under-way.ts';

interface Row extends Sizing {
  id: string;
  vm_state: string;
  host: string | null;
  placed_on: string | null;
  allocated: string | null;
  devices: PlacedDevice[] | null;
}

/** Amounts by class as one text in a fixed order, so that equal ones compare equal. */
const textOf = (rows: RawBuilder<unknown>) => sql`(
  SELECT string_agg(amount || ' ' || resource_class, ', ' ORDER BY resource_class COLLATE "C") FROM (${rows}) AS amounts)`;

/** The same of a server; what it has, where flavor and image contradict each other, as they could before somebody checked. */
function sizeOf({ allocated, devices, ...sizing }: Sizing & Pick<Row, 'allocated' | 'devices'>): string | null {
  try {
    const taken = takenIn(withDevices(demandOf(sizing), devices)).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return taken.map(([name, amount]) => `${amount} ${name}`).join(', ') || null;
  } catch (error) {
    if (kindOf(error) !== 'invalid') throw error;
    return allocated;
  }
}

/** A placement and the host in the server's record are written together. */
export const placementsMatchServers: Invariant = {
  name: 'placements-match-servers',
  sentence: "A server has its current placement on its host, with allocations of its flavor's size.",
  isSelfHealing: false,
  find: async (db) => {
    // The database sorts out the usual servers; for those where more than the flavor's sizes decides, the amounts are compared here.
    const { rows } = await sql<Row>`
      SELECT * FROM (
        SELECT server.id, server.number, server.vm_state, server.host, server.flavor, server.image, placement.devices, ${isVolumeBackedRow} AS "isVolumeBacked", placement.host AS placed_on,
          ${textOf(sql`SELECT resource_class, amount FROM allocations WHERE placement_id = placement.id`)} AS allocated,
          ${textOf(demandOfRow)} AS usual, ${isTailoredRow} AS is_tailored
        FROM servers AS server LEFT JOIN placements AS placement ON placement.server_id = server.id AND placement.role = 'current'
        WHERE server.vm_state <> 'deleted' AND NOT ${isUnderWay}
      ) AS known
      WHERE host IS DISTINCT FROM placed_on OR (placed_on IS NOT NULL AND (is_tailored OR allocated IS DISTINCT FROM usual))
      ORDER BY number`.execute(db);
    return rows
      .filter((row) => row.host !== row.placed_on || row.allocated !== sizeOf(row))
      .slice(0, MAX_BREACHES)
      .map(breachOf);
  },
  repair: {
    // Placing a server locks its row first.
    lock: (trx, { subject }) => lockServer(trx, subject),
    apply: async (trx, { subject, evidence: { placedOn } }) => {
      const server = await lockServer(trx, subject);
      if (!server) return;
      if (placedOn === null || placedOn === server.host) {
        const host = asId<HostName>(String(server.host));
        const known = await trx
          .selectFrom('placements')
          .select(['numa', 'devices'])
          .where('server_id', '=', server.id)
          .where('role', '=', 'current')
          .executeTakeFirst();
        await releasePlacements(trx, server.id, { host, role: 'current' });
        await bookPlacement(trx, {
          ...server,
          isVolumeBacked: rootVolumeOf(server) !== undefined,
          host,
          numa: known?.numa ?? null,
          devices: known?.devices ?? null,
        });
      } else
        await sql`
          UPDATE servers SET host = node.host, node = node.node FROM compute_nodes AS node
          WHERE servers.id = ${server.id} AND node.host = ${placedOn}`.execute(trx);
    },
  },
};

const breachOf = ({ id, vm_state, host, placed_on, allocated, ...sizing }: Row): Breach => ({
  subject: id,
  what:
    placed_on === null
      ? `Server ${id} is on ${host} and has no placement there.`
      : placed_on === host
        ? `Server ${id} has allocations that differ from its flavor's size.`
        : `Server ${id} is ${host === null ? 'on no host' : `on ${host}`} and has its placement on ${placed_on}.`,
  evidence: { vmState: vm_state, host, placedOn: placed_on, allocated, size: sizeOf({ ...sizing, allocated }) },
  repair:
    placed_on === null || placed_on === host
      ? `Allocate its size on ${host}, even beyond its capacity: the server is there.`
      : `Write ${placed_on} into its record: hosts keep and destroy guests by placements.`,
});
