/** What a floating IP shows of where it leads to, as expressions in a query over floating_ips. */
import { type RawBuilder, sql } from 'kysely';

/** An expression over where a floating IP leads to; null when it leads nowhere. */
export const floatingTargetOf = <T>(what: RawBuilder<T>): RawBuilder<T | null> =>
  sql<T | null>`(SELECT ${what} FROM floating_ip_targets WHERE floating_ip_id = floating_ips.id)`;

/** ACTIVE while a plugged port is reached by it. */
export const floatingStatus = sql`
  CASE WHEN EXISTS (
    SELECT FROM floating_ip_targets AS target JOIN ports ON ports.id = target.port_id
    WHERE target.floating_ip_id = floating_ips.id AND ports.status = 'ACTIVE') THEN 'ACTIVE' ELSE 'DOWN' END`;
