import { sql } from 'kysely';
import { bindPorts } from '../../db/stores/network/port-bindings.ts';
import { lockPortsOf } from '../../db/stores/network/server-networking.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isUnderWay } from '../under-way.ts';

interface Row {
  id: string;
  host: string;
  ports: string;
}

/** A guest is reachable only where its port is plugged. Servers in error are skipped: they may be half built or half deleted. */
export const portsFollowServers: Invariant = {
  name: 'ports-follow-servers',
  sentence: 'The ports of a server without a task are bound to its host.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT server.id, server.host, string_agg(port.id || ' on ' || coalesce(binding.host, 'no host'), ', ' ORDER BY port.number) AS ports
      FROM ports AS port JOIN servers AS server ON server.id = port.server_id
      LEFT JOIN port_bindings AS binding ON binding.port_id = port.id AND binding.is_active
      WHERE server.vm_state NOT IN ('deleted', 'error', 'building') AND NOT ${isUnderWay}
        AND server.host IS NOT NULL AND binding.host IS DISTINCT FROM server.host
      GROUP BY server.id, server.host, server.number ORDER BY server.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, host, ports }) => ({
      subject: id,
      what: `Server ${id} is on ${host}, but some of its ports are not.`,
      evidence: { host, ports },
      repair: `Bind its ports to ${host}, which then plugs them.`,
    }));
  },
  repair: {
    lock: async (trx, { subject }) => {
      await lockServer(trx, subject);
      await lockPortsOf(trx, asId<ServerId>(subject));
    },
    apply: async (trx, { subject }) => {
      const server = await lockServer(trx, subject);
      if (server?.host) await bindPorts(trx, { serverId: server.id, host: server.host });
    },
  },
};
