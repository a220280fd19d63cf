import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  host: string;
  counted: string;
  allocated: string;
}

/** What the placements on the host of the row `inventory` take of its class. */
const allocated = sql`(
  SELECT coalesce(sum(allocation.amount), 0)::int FROM placements AS placement JOIN allocations AS allocation ON allocation.placement_id = placement.id
  WHERE placement.host = inventory.host AND allocation.resource_class = inventory.resource_class)`;

const textOf = (amount: string) => sql`string_agg(${sql.ref(amount)} || ' ' || resource_class, ', ' ORDER BY resource_class)`;

/** What hosts count as used is what is allocated of them: every statement that writes or deletes allocations changes both. */
export const hostUsage: Invariant = {
  name: 'host-usage',
  sentence: 'What a host counts as used of a resource is the sum of the allocations of it.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT host, ${textOf('used')} AS counted, ${textOf('allocated')} AS allocated
      FROM (SELECT inventory.*, ${allocated} AS allocated FROM inventories AS inventory) AS compared
      WHERE used <> allocated GROUP BY host ORDER BY host LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ host, ...evidence }) => ({
      subject: host,
      what: `Host ${host} counts as used what nobody is allocated, or too little.`,
      evidence: { ...evidence },
      repair: 'Count the allocations anew.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => sql`SELECT FROM inventories WHERE host = ${subject} ORDER BY resource_class FOR NO KEY UPDATE`.execute(trx),
    mend: (trx, { subject }) => sql`UPDATE inventories AS inventory SET used = ${allocated} WHERE host = ${subject}`.execute(trx),
  },
};
