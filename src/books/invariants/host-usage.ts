import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  host: string;
  vcpus_used: number;
  memory_mb_used: number;
  local_gb_used: number;
  vcpus: number;
  memory_mb: number;
  local_gb: number;
}

const sums = sql`
  SELECT coalesce(sum(vcpus), 0)::int AS vcpus, coalesce(sum(memory_mb), 0)::int AS memory_mb, coalesce(sum(local_gb), 0)::int AS local_gb
  FROM claims WHERE claims.host = node.host`;

/** What hosts count as taken is what claims take: every claim changes both in one statement. */
export const hostUsage: Invariant = {
  name: 'host-usage',
  sentence: 'What a host counts as used is the sum of the claims on it.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT node.host, node.vcpus_used, node.memory_mb_used, node.local_gb_used, claimed.vcpus, claimed.memory_mb, claimed.local_gb
      FROM compute_nodes AS node CROSS JOIN LATERAL (${sums}) AS claimed
      WHERE (node.vcpus_used, node.memory_mb_used, node.local_gb_used) <> (claimed.vcpus, claimed.memory_mb, claimed.local_gb)
      ORDER BY node.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map((row) => ({
      subject: row.host,
      what: `Host ${row.host} counts as used what no claim takes, or too little.`,
      evidence: {
        countedVcpus: row.vcpus_used,
        claimedVcpus: row.vcpus,
        countedMemoryMb: row.memory_mb_used,
        claimedMemoryMb: row.memory_mb,
        countedLocalGb: row.local_gb_used,
        claimedLocalGb: row.local_gb,
      },
      repair: 'Count the claims anew.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => trx.selectFrom('compute_nodes').select('id').where('host', '=', subject).forUpdate().execute(),
    mend: (trx, { subject }) =>
      sql`UPDATE compute_nodes AS node SET (vcpus_used, memory_mb_used, local_gb_used) = (${sums}) WHERE host = ${subject}`.execute(trx),
  },
};
