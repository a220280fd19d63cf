import { sql } from 'kysely';
import { lockServer } from '../../db/stores/servers/servers.ts';
import type { VmState } from '../../objects/states.ts';
import { endWithFault } from '../end-with-fault.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

/** The states of a server that has a guest. */
const withGuest = ['active', 'paused', 'suspended', 'stopped', 'rescued', 'resized'] as const satisfies readonly VmState[];

interface Row {
  id: string;
  vm_state: string;
  power_state: string;
  launched_at: string | null;
}

/** Every guest is on some host. */
export const runningServersHaveHosts: Invariant = {
  name: 'running-servers-have-hosts',
  sentence: 'A server whose state needs a guest is on a host.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT id, vm_state, power_state, launched_at::text FROM servers
      WHERE host IS NULL AND workflow_id IS NULL AND vm_state = ANY(${[...withGuest]})
        -- With a placement only the record has lost the host: placements-match-servers repairs that.
        AND NOT EXISTS (SELECT FROM placements WHERE server_id = servers.id AND role = 'current')
      ORDER BY number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, vm_state, power_state, launched_at }) => ({
      subject: id,
      what: `Server ${id} is ${vm_state} , but on no host.`,
      evidence: { vmState: vm_state, powerState: power_state, launchedAt: launched_at },
      repair: 'Put it in error with a fault; its owner can delete it.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => lockServer(trx, subject),
    apply: (trx, { subject, what }, requestId) =>
      endWithFault(trx, { serverId: subject, to: 'error', message: 'The server has lost its host.', details: what, requestId }),
  },
};
