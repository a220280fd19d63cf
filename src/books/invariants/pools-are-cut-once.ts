import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  cidr: string;
  otherCidr: string;
  poolId: string;
}

/** Within a pool, and so within an address scope, an address means one thing. */
export const poolsAreCutOnce: Invariant = {
  name: 'pools-are-cut-once',
  sentence: 'Subnets that were cut from the same pool have no address in common.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT one.id, one.cidr::text AS cidr, other.cidr::text AS "otherCidr", one.subnet_pool_id AS "poolId"
      FROM subnets AS one JOIN subnets AS other ON other.subnet_pool_id = one.subnet_pool_id AND other.number < one.number
      WHERE one.cidr::inet && other.cidr::inet
      ORDER BY one.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, cidr, otherCidr, poolId }) => ({
      subject: id,
      what: `The subnets ${cidr} and ${otherCidr} were both cut from pool ${poolId}.`,
      evidence: { cidr, otherCidr, poolId },
      repair: 'By hand: delete the subnet that is used less.',
    }));
  },
};
