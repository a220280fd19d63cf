import { sql } from 'kysely';
import { lockFloatingIp } from '../../db/stores/network/floating-ips.ts';
import { deleteForwarding } from '../../db/stores/network/port-forwardings.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  address: string;
  routerId: string;
  portId: string;
}

/** A router keeps its gateway and its interface as long as ports are forwarded through it. */
export const forwardedPortsAreReached: Invariant = {
  name: 'forwarded-ports-are-reached',
  sentence: 'The router of a port forwarding is on the external network of its floating IP and on the subnet that it leads to.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT forwarding.id, host(floating.address) AS address, forwarding.router_id AS "routerId", forwarding.port_id AS "portId"
      FROM port_forwardings AS forwarding JOIN floating_ips AS floating ON floating.id = forwarding.floating_ip_id
      WHERE EXISTS (SELECT FROM floating_ip_targets AS target WHERE target.floating_ip_id = floating.id)
        OR NOT EXISTS (
          SELECT FROM ports WHERE router_id = forwarding.router_id AND router_part = 'gateway' AND ports.network_id = floating.network_id)
        OR NOT EXISTS (
          SELECT FROM ports JOIN ip_allocations AS held ON held.port_id = ports.id
          WHERE router_id = forwarding.router_id AND router_part = 'interface' AND held.subnet_id = forwarding.subnet_id)
      ORDER BY forwarding.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, address, routerId, portId }) => ({
      subject: id,
      what: `A port of the floating IP ${address} is forwarded to port ${portId}, but router ${routerId} cannot get there.`,
      evidence: { address, routerId, portId },
      repair: 'Delete the port forwarding.',
    }));
  },
  repair: {
    lock: async (trx, { subject }) => {
      const row = await trx.selectFrom('port_forwardings').select('floating_ip_id').where('id', '=', subject).executeTakeFirst();
      if (row) await lockFloatingIp(trx, row.floating_ip_id);
    },
    apply: (trx, { subject }) => deleteForwarding(trx, subject),
  },
};
