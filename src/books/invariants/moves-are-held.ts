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
 * A second host is written with the workflow that will let go of one of the two, before that ends. After a resize the server waits, without a
 * workflow, for its owner to confirm: then the host that it leaves keeps what would be needed to go back.
 */
export const movesAreHeld: Invariant = {
  name: 'moves-are-held',
  sentence: 'A host that a server comes to or leaves is held by a workflow that has not ended, or waits for a resize to be confirmed.',
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
      what: `Server ${server_id} ${role === 'incoming' ? 'comes to' : 'leaves'} ${host}, and no workflow will ever end that.`,
      evidence: { serverId: server_id, host, role, vmState: vm_state, serverIsOn: is_on, workflowId: workflow_id, workflow },
      repair: `Release what it holds of ${host}; the host then destroys what it has of the guest. Where the server is, nothing changes.`,
    }));
  },
  repair: {
    lock: (trx, { evidence }) => lockServer(trx, String(evidence['serverId'])),
    mend: (trx, { evidence }) =>
      releasePlacements(trx, asId<ServerId>(String(evidence['serverId'])), { host: asId<HostName>(String(evidence['host'])) }),
  },
};
