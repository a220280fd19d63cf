import { sql } from 'kysely';
import { changePortsOf } from '../../db/stores/network/server-networking.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isUnderWay } from '../under-way.ts';

interface Row {
  id: string;
  shown: string | null;
  held: string | null;
}

/** The record has a copy, updated by the network service; without a conductor the update may take some minutes. */
export const serversShowTheirAddresses: Invariant = {
  name: 'servers-show-their-addresses',
  sentence: 'The record of a server without a task shows the addresses of its ports, and those that lead to them.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT id, shown, held FROM servers AS server
      CROSS JOIN LATERAL (
        SELECT string_agg(address, ', ' ORDER BY address) AS shown FROM (
          SELECT host((fixed ->> 'ipAddress')::inet) || ' of port ' || (port ->> 'portId') AS address
          FROM jsonb_array_elements(network_info) AS port, jsonb_array_elements(port -> 'fixedIps') AS fixed
          UNION ALL
          SELECT host((floating ->> 'ipAddress')::inet) || ' to port ' || (port ->> 'portId')
          FROM jsonb_array_elements(network_info) AS port, jsonb_array_elements(coalesce(port -> 'floatingIps', '[]')) AS floating
        ) AS one) AS record
      CROSS JOIN LATERAL (
        SELECT string_agg(address, ', ' ORDER BY address) AS held FROM (
          SELECT host(ip_address) || ' of port ' || port.id AS address
          FROM ports AS port JOIN ip_allocations ON port_id = port.id WHERE port.server_id = server.id
          UNION ALL
          SELECT host(floating.address) || ' to port ' || port.id
          FROM ports AS port JOIN floating_ip_targets AS target ON target.port_id = port.id
          JOIN floating_ips AS floating ON floating.id = target.floating_ip_id WHERE port.server_id = server.id
        ) AS one) AS books
      WHERE server.vm_state NOT IN ('deleted', 'error', 'building') AND NOT ${isUnderWay} AND shown IS DISTINCT FROM held
        AND NOT EXISTS (
          SELECT FROM server_networking WHERE server_id = server.id AND NOT is_told AND updated_at > now() - interval '5 minutes')
      ORDER BY server.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, shown, held }) => ({
      subject: id,
      what: `Server ${id} shows ${shown ?? 'no address'}, but has ${held ?? 'none'}.`,
      evidence: { shown, held },
      repair: 'Have the network service send its addresses again.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => lockServer(trx, subject),
    apply: (trx, { subject }) => changePortsOf(trx, { serverId: asId<ServerId>(subject), isTold: false }),
  },
};
