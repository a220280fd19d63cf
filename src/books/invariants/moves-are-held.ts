import { sql } from 'kysely';
import { releasePlacements } from '../../db/stores/hosts/placements.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { asId, type HostName, type ServerId } from '../../objects/ids.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive } from '../under-way.ts';

interface Row {
  server_id: string;
  host: string;
  role: string;
  workflow_id: string | null;
  workflow: string | null;
  vm_state: string;
  is_on: string | null;
}

/**
 * A move writes the second host's placement together with the workflow that will release one of the two. After a resize the server waits
 * without a workflow for its owner to confirm; until then the old host keeps what a revert needs.
 */
export const movesAreHeld: Invariant = {
  name: 'moves-are-held',
  sentence: 'A host that a server moves to or leaves is held by a workflow that has not ended, or waits for a resize to be confirmed.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT placement.server_id, placement.host, placement.role, placement.workflow_id, server.vm_state, server.host AS is_on,
        known.definition || ' ' || known.status AS workflow
      FROM placements AS placement JOIN servers AS server ON server.id = placement.server_id
      LEFT JOIN workflows AS known ON known.id = placement.workflow_id
      WHERE placement.role <> 'current' AND server.vm_state <> 'deleted'
        AND NOT EXISTS (SELECT FROM workflows WHERE id = placement.workflow_id AND ${isLive})
        AND NOT (placement.role = 'outgoing' AND server.vm_state = 'resized')
      ORDER BY placement.id LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ server_id, host, role, workflow_id, workflow, vm_state, is_on }) => ({
      subject: `${server_id} on ${host}`,
      what: `Server ${server_id} ${role === 'incoming' ? 'moves to' : 'leaves'} ${host}, but no workflow will finish that.`,
      evidence: { serverId: server_id, host, role, vmState: vm_state, serverIsOn: is_on, workflowId: workflow_id, workflow },
      repair: `Release its placement on ${host}; the host then destroys its guest there. The server stays where it is.`,
    }));
  },
  repair: {
    lock: (trx, { evidence }) => lockServer(trx, String(evidence['serverId'])),
    apply: (trx, { evidence }) =>
      releasePlacements(trx, asId<ServerId>(String(evidence['serverId'])), {
        host: asId<HostName>(String(evidence['host'])),
        role: evidence['role'] === 'incoming' ? 'incoming' : 'outgoing',
      }),
  },
};
