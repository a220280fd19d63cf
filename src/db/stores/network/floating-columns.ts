/** What a floating IP shows of where it leads to, as expressions in a query over floating_ips. */
import { type RawBuilder, sql } from 'kysely';
import type { FloatingIp } from '../../../objects/network.ts';

/** An expression over where a floating IP leads to; null when it leads nowhere. */
export const floatingTargetOf = <T>(what: RawBuilder<T>): RawBuilder<T | null> =>
  sql<T | null>`(SELECT ${what} FROM floating_ip_targets WHERE floating_ip_id = floating_ips.id)`;

/** ACTIVE while a plugged port is reached by it, or by one of its ports. */
export const floatingStatus = sql`
  CASE WHEN EXISTS (
    SELECT FROM (
      SELECT floating_ip_id, port_id FROM floating_ip_targets UNION ALL SELECT floating_ip_id, port_id FROM port_forwardings
    ) AS target JOIN ports ON ports.id = target.port_id
    WHERE target.floating_ip_id = floating_ips.id AND ports.status = 'ACTIVE') THEN 'ACTIVE' ELSE 'DOWN' END`;

/** The router that leads to it, or to what its ports are forwarded to. */
export const floatingRouter = sql`coalesce(${floatingTargetOf(sql`router_id`)}, (
  SELECT router_id FROM port_forwardings WHERE floating_ip_id = floating_ips.id LIMIT 1))`;

/** The ports of a floating IP that are forwarded. */
export const floatingForwardings = sql<FloatingIp['forwardings']>`
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', id, 'floatingIpId', floating_ip_id, 'description', description, 'protocol', protocol, 'externalPort', external_port,
      'portId', port_id, 'subnetId', subnet_id, 'fixedIp', host(fixed_ip), 'internalPort', internal_port, 'routerId', router_id) ORDER BY number), '[]')
   FROM port_forwardings WHERE floating_ip_id = floating_ips.id)`;
