import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  policy: string;
  members: number;
  hosts: number;
  crowded_host: string;
  on_crowded_host: number;
  most: number;
}

/** Claims check the group's policy, and members are placed only by claims. */
export const groupsKeepTheirPolicy: Invariant = {
  name: 'groups-keep-their-policy',
  sentence:
    'The servers of a group with affinity share one host; those of one with anti-affinity share a host only as far as its rules allow.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT id, policy, sum(there)::int AS members, count(*)::int AS hosts, (array_agg(host ORDER BY there DESC, host))[1] AS crowded_host,
        max(there)::int AS on_crowded_host, most
      FROM (
        SELECT server_group.id, server_group.policy, coalesce(server_group.max_server_per_host, 1) AS most, placement.host, count(*) AS there
        FROM server_groups AS server_group JOIN server_group_members AS member ON member.group_id = server_group.id
        JOIN placements AS placement ON placement.server_id = member.server_id AND placement.role = 'current'
        WHERE server_group.policy IN ('affinity', 'anti-affinity') GROUP BY server_group.id, placement.host
      ) AS placed
      GROUP BY id, policy, most
      HAVING (policy = 'affinity' AND count(*) > 1) OR (policy = 'anti-affinity' AND max(there) > most)
      ORDER BY id LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, policy, members, hosts, crowded_host, on_crowded_host, most }) => ({
      subject: id,
      what: `The placement of the servers of group ${id} violates its policy, ${policy}.`,
      evidence: {
        policy,
        members,
        hosts,
        crowdedHost: crowded_host,
        onCrowdedHost: on_crowded_host,
        ...(policy === 'affinity' ? {} : { most }),
      },
      repair: 'An operator has to choose servers to move or delete.',
    }));
  },
};
