import { sql } from 'kysely';
import { releasePlacements } from '../../db/stores/hosts/placements.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  task_state: string | null;
  placed_on: string | null;
  ports_listed: number;
  is_over: boolean;
  is_grouped: boolean;
  is_recorded: boolean;
}

/** A delete releases everything in the transaction that marks the server as deleted. */
export const deletedServersHoldNothing: Invariant = {
  name: 'deleted-servers-hold-nothing',
  sentence: 'A deleted server has no placement, task, address, group or recording, and a time of deletion.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT server.id, server.task_state, placed.hosts AS placed_on, jsonb_array_length(server.network_info) AS ports_listed,
        server.terminated_at IS NOT NULL AS is_over, member.group_id IS NOT NULL AS is_grouped,
        EXISTS (SELECT FROM console_recordings WHERE server_id = server.id) AS is_recorded
      FROM servers AS server LEFT JOIN (
        SELECT server_id, string_agg(host, ', ' ORDER BY host) AS hosts FROM placements GROUP BY server_id
      ) AS placed ON placed.server_id = server.id
      LEFT JOIN server_group_members AS member ON member.server_id = server.id
      WHERE server.vm_state = 'deleted' AND (server.task_state IS NOT NULL OR placed.hosts IS NOT NULL
        OR server.network_info <> '[]' OR server.terminated_at IS NULL OR member.group_id IS NOT NULL
        OR EXISTS (SELECT FROM console_recordings WHERE server_id = server.id))
      ORDER BY server.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, task_state, placed_on, ports_listed, is_over, is_grouped, is_recorded }) => ({
      subject: id,
      what: `Server ${id} is deleted, but holds something or has no time of deletion.`,
      evidence: {
        taskState: task_state,
        placedOn: placed_on,
        portsListed: ports_listed,
        hasEnd: is_over,
        isGrouped: is_grouped,
        isRecorded: is_recorded,
      },
      repair: 'Release its placements and clear the rest.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => lockServer(trx, subject),
    apply: async (trx, { subject }) => {
      await sql`
        UPDATE servers SET task_state = NULL, workflow_id = NULL, network_info = '[]',
          terminated_at = coalesce(terminated_at, now()) WHERE id = ${subject}`.execute(trx);
      await sql`DELETE FROM console_recordings WHERE server_id = ${subject}`.execute(trx);
      await sql`DELETE FROM server_group_members WHERE server_id = ${subject}`.execute(trx);
      await releasePlacements(trx, asId<ServerId>(subject));
    },
  },
};
