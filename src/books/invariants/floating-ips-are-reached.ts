import { sql } from 'kysely';
import { leadNowhere } from '../../db/stores/network/floating-targets.ts';
import { lockFloatingIp } from '../../db/stores/network/floating-ips.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  address: string;
  routerId: string;
  portId: string;
}

/** A router keeps its gateway and its interface as long as floating IPs lead through it. */
export const floatingIpsAreReached: Invariant = {
  name: 'floating-ips-are-reached',
  sentence: 'The router of a floating IP is on its external network and on the subnet of the address that it leads to.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT floating.id, host(floating.address) AS address, target.router_id AS "routerId", target.port_id AS "portId"
      FROM floating_ip_targets AS target JOIN floating_ips AS floating ON floating.id = target.floating_ip_id
      WHERE target.network_id <> floating.network_id
        OR NOT EXISTS (
          SELECT FROM ports WHERE router_id = target.router_id AND router_part = 'gateway' AND ports.network_id = floating.network_id)
        OR NOT EXISTS (
          SELECT FROM ports JOIN ip_allocations AS held ON held.port_id = ports.id
          WHERE router_id = target.router_id AND router_part = 'interface' AND held.subnet_id = target.subnet_id)
        OR NOT EXISTS (
          SELECT FROM ip_allocations AS held
          WHERE held.subnet_id = target.subnet_id AND held.ip_address = target.fixed_ip AND held.port_id = target.port_id)
      ORDER BY floating.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, address, routerId, portId }) => ({
      subject: id,
      what: `The floating IP ${address} leads to port ${portId}, but router ${routerId} cannot get there.`,
      evidence: { address, routerId, portId },
      repair: 'Lead it nowhere.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => lockFloatingIp(trx, subject),
    apply: (trx, { subject }) => leadNowhere(trx, { floatingIpId: subject }),
  },
};
