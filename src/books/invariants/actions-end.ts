import { sql } from 'kysely';
import { endOpenActions } from '../../db/stores/servers/instance-actions.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  server_id: string;
  vm_state: string;
  actions: string;
  requests: string;
}

/** An action ends in the transaction that settles its server. */
export const actionsEnd: Invariant = {
  name: 'actions-end',
  sentence: 'A server without a task has no open action.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT open.server_id, server.vm_state, string_agg(open.action, ', ' ORDER BY open.id) AS actions,
        string_agg(open.request_id, ', ' ORDER BY open.id) AS requests
      FROM instance_actions AS open JOIN servers AS server ON server.id = open.server_id
      WHERE open.finished_at IS NULL AND server.workflow_id IS NULL
      GROUP BY open.server_id, server.vm_state ORDER BY open.server_id LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ server_id, vm_state, actions, requests }) => ({
      subject: server_id,
      what: `Server ${server_id} has no task, but open actions (${actions}).`,
      evidence: { vmState: vm_state, actions, requests },
      repair: 'End them as failed: no workflow will end them.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => lockServer(trx, subject),
    apply: (trx, { subject }) => endOpenActions(trx, subject),
  },
};
