import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  host: string;
  counted: string;
  allocated: string;
}

/** The allocations on the host of the row `inventory` of its resource class. */
const allocated = sql`(
  SELECT coalesce(sum(allocation.amount), 0)::int FROM placements AS placement JOIN allocations AS allocation ON allocation.placement_id = placement.id
  WHERE placement.host = inventory.host AND allocation.resource_class = inventory.resource_class)`;

const textOf = (amount: string) => sql`string_agg(${sql.ref(amount)} || ' ' || resource_class, ', ' ORDER BY resource_class)`;

/** A host's used amounts equal its allocations: every statement that writes or deletes allocations updates both. */
export const hostUsage: Invariant = {
  name: 'host-usage',
  sentence: "A host's used amount of a resource is the sum of its allocations.",
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT host, ${textOf('used')} AS counted, ${textOf('allocated')} AS allocated
      FROM (SELECT inventory.*, ${allocated} AS allocated FROM inventories AS inventory) AS compared
      WHERE used <> allocated GROUP BY host ORDER BY host LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ host, ...evidence }) => ({
      subject: host,
      what: `Host ${host} has used amounts that differ from its allocations.`,
      evidence: { ...evidence },
      repair: 'Recount the allocations.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => sql`SELECT FROM inventories WHERE host = ${subject} ORDER BY resource_class FOR NO KEY UPDATE`.execute(trx),
    apply: (trx, { subject }) => sql`UPDATE inventories AS inventory SET used = ${allocated} WHERE host = ${subject}`.execute(trx),
  },
};
