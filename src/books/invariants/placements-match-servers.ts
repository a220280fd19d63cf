import { type RawBuilder, sql } from 'kysely';
import { demandOfRow } from '../../db/stores/hosts/claims.ts';
import { bookPlacement, releasePlacements } from '../../db/stores/hosts/placements.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isUnderWay } from '../under-way.ts';

interface Row {
  id: string;
  vm_state: string;
  host: string | null;
  placed_on: string | null;
  allocated: string | null;
  wanted: string | null;
}

/** Amounts by class as one text in a fixed order, so that equal ones compare equal. */
const textOf = (rows: RawBuilder<unknown>) => sql`(
  SELECT string_agg(amount || ' ' || resource_class, ', ' ORDER BY resource_class) FROM (${rows}) AS amounts)`;

/** A placement and the host in the server's record are written together. */
export const placementsMatchServers: Invariant = {
  name: 'placements-match-servers',
  sentence: "A server has its current placement on its host, with allocations of its flavor's size.",
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT * FROM (
        SELECT server.id, server.number, server.vm_state, server.host, placement.host AS placed_on,
          ${textOf(sql`SELECT resource_class, amount FROM allocations WHERE placement_id = placement.id`)} AS allocated,
          ${textOf(demandOfRow)} AS wanted
        FROM servers AS server LEFT JOIN placements AS placement ON placement.server_id = server.id AND placement.role = 'current'
        WHERE server.vm_state <> 'deleted' AND NOT ${isUnderWay}
      ) AS known
      WHERE host IS DISTINCT FROM placed_on OR (placed_on IS NOT NULL AND allocated IS DISTINCT FROM wanted)
      ORDER BY number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(breachOf);
  },
  repair: {
    // Placing a server locks its row first.
    lock: (trx, { subject }) => lockServer(trx, subject),
    apply: async (trx, { subject, evidence: { placedOn } }) => {
      const server = await lockServer(trx, subject);
      if (!server) return;
      if (placedOn === null || placedOn === server.host) {
        const host = asId<HostName>(String(server.host));
        await releasePlacements(trx, server.id, { host, role: 'current' });
        await bookPlacement(trx, { serverId: server.id, host });
      } else
        await sql`
          UPDATE servers SET host = node.host, node = node.node FROM compute_nodes AS node
          WHERE servers.id = ${server.id} AND node.host = ${placedOn}`.execute(trx);
    },
  },
};

const breachOf = ({ id, vm_state, host, placed_on, allocated, wanted: size }: Row): Breach => ({
  subject: id,
  what:
    placed_on === null
      ? `Server ${id} is on ${host} and has no placement there.`
      : placed_on === host
        ? `Server ${id} has allocations that differ from its flavor's size.`
        : `Server ${id} is ${host === null ? 'on no host' : `on ${host}`} and has its placement on ${placed_on}.`,
  evidence: { vmState: vm_state, host, placedOn: placed_on, allocated, size },
  repair:
    placed_on === null || placed_on === host
      ? `Allocate its size on ${host}, even beyond its capacity: the server is there.`
      : `Write ${placed_on} into its record: hosts keep and destroy guests by placements.`,
});
