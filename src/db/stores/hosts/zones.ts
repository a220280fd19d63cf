import { type RawBuilder, sql } from 'kysely';
import { ZONE_KEY } from '../../../objects/aggregate.ts';

/** The availability zone of a host: the one that an aggregate gives it, else its own. A test compares it with `zone_of_host`. */
export const zoneOf = (host: string, own: string): RawBuilder<string> => sql`coalesce((
  SELECT zoned.metadata ->> ${sql.lit(ZONE_KEY)} FROM aggregate_hosts AS member JOIN aggregates AS zoned ON zoned.id = member.aggregate_id
  WHERE member.host = ${sql.ref(host)} AND zoned.metadata ->> ${sql.lit(ZONE_KEY)} IS NOT NULL LIMIT 1), ${sql.ref(own)})`;
