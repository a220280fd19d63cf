import { sql } from 'kysely';
import { serviceContext } from '../../lib/context/context.ts';
import { appendEvents } from '../../db/stores/cloud/events.ts';
import { deletePort, freePortsOfServer, lockPorts } from '../../db/stores/network/ports.ts';
import { lockPortsOf } from '../../db/stores/network/server-networking.ts';
import { portDelete } from '../../events/network.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  server_id: string | null;
  vm_state: string | null;
  made_for_server: boolean;
  host: string | null;
  addresses: string | null;
}

/** A server's ports are deleted or detached before the server. */
export const portsHaveServers: Invariant = {
  name: 'ports-have-servers',
  sentence: 'The server of a port, or for which it was made, exists.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT port.id, port.server_id, server.vm_state, port.made_for_server,
        (SELECT string_agg(host, ', ' ORDER BY host) FROM port_bindings WHERE port_id = port.id) AS host,
        (SELECT string_agg(host(ip_address), ', ' ORDER BY ip_address) FROM ip_allocations WHERE port_id = port.id) AS addresses
      FROM ports AS port LEFT JOIN servers AS server ON server.id = port.server_id
      WHERE (port.server_id IS NOT NULL AND (server.id IS NULL OR server.vm_state = 'deleted'))
        OR (port.server_id IS NULL AND port.made_for_server)
      ORDER BY port.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, server_id, vm_state, made_for_server, host, addresses }) => ({
      subject: id,
      what:
        server_id === null
          ? `Port ${id} was made for a server, but has none.`
          : `Port ${id} belongs to server ${server_id}, which is gone.`,
      evidence: { serverId: server_id, serverState: vm_state, madeForServer: made_for_server, host, addresses },
      repair: made_for_server ? 'Delete the port with its addresses; its host unplugs it.' : 'Detach the port.',
    }));
  },
  repair: {
    lock: async (trx, { subject, evidence: { serverId } }) => {
      if (typeof serverId === 'string') await lockPortsOf(trx, asId<ServerId>(serverId));
      await lockPorts(trx, [subject]);
    },
    apply: async (trx, { subject, evidence: { serverId } }, requestId) => {
      if (typeof serverId === 'string') return await freePortsOfServer(trx, asId<ServerId>(serverId), requestId);
      await appendEvents(trx, serviceContext(requestId), (await lockPorts(trx, [subject])).map(portDelete));
      await deletePort(trx, subject);
    },
  },
};
