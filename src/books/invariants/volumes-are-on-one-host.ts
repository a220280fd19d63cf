import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive } from '../under-way.ts';

interface Row {
  volume: string;
  hosts: string;
  server: string | null;
  is_on: string | null;
}

/** Two hosts that write to one volume destroy what is on it. Only a move connects it twice, for its time. */
export const volumesAreOnOneHost: Invariant = {
  name: 'volumes-are-on-one-host',
  sentence: 'A volume is connected to the host of its server, and to no second one unless several servers may have it, but during a move.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT volume.id AS volume, string_agg(DISTINCT held.attached_host, ', ' ORDER BY held.attached_host) AS hosts,
        min(held.server_id) AS server, min(server.host) AS is_on
      FROM volumes AS volume JOIN volume_attachments AS held ON held.volume_id = volume.id AND held.connector IS NOT NULL
        LEFT JOIN servers AS server ON server.id::text = held.server_id AND held.held_by IS NOT NULL
      WHERE NOT EXISTS (SELECT FROM workflows WHERE subject = held.server_id AND ${isLive})
      GROUP BY volume.id
      HAVING (NOT volume.is_multiattach AND count(DISTINCT held.attached_host) > 1)
        OR bool_or(server.id IS NOT NULL AND server.host IS DISTINCT FROM held.attached_host)
      ORDER BY 1 LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ volume, hosts, server, is_on }) => ({
      subject: volume,
      what: `Volume ${volume} is connected to ${hosts}${is_on === null ? '' : `, and its server is on ${is_on}`}.`,
      evidence: { hosts, server, serverIsOn: is_on },
      repair: 'Stop the server, and have an administrator force the volume to be detached from the wrong host.',
    }));
  },
};
