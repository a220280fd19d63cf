import { sql } from 'kysely';
import { lockServer } from '../../db/stores/servers/servers.ts';
import type { VmState } from '../../objects/states.ts';
import { endWithFault } from '../end-with-fault.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive } from '../under-way.ts';

interface Row {
  id: string;
  vm_state: VmState;
  task_state: string;
  workflow_id: string;
  workflow: string | null;
}

/** A task state is written with the workflow that clears it before it ends. */
export const tasksAreHeld: Invariant = {
  name: 'tasks-are-held',
  sentence: 'A server with a task state is held by a workflow that has not ended.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT server.id, server.vm_state, server.task_state, server.workflow_id, known.definition || ' ' || known.status AS workflow
      FROM servers AS server LEFT JOIN workflows AS known ON known.id = server.workflow_id
      WHERE server.workflow_id IS NOT NULL AND NOT EXISTS (SELECT FROM workflows WHERE id = server.workflow_id AND ${isLive})
      ORDER BY server.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(breachOf);
  },
  repair: {
    lock: (trx, { subject }) => lockServer(trx, subject),
    apply: async (trx, { subject, what }, requestId) => {
      const server = await lockServer(trx, subject);
      if (!server) return;
      const message = 'The operation on the server was lost before it ended.';
      await endWithFault(trx, { serverId: subject, to: settledState(server.vmState, server.taskState), message, details: what, requestId });
    },
  },
};

/** If the outcome is unknown, the server goes to error for its owner to look; a change of power alone is corrected by its host. */
const settledState = (vmState: VmState, taskState: string | null): VmState =>
  vmState === 'building' || taskState === 'deleting' || taskState === 'rebooting_hard' ? 'error' : vmState;

const breachOf = ({ id, vm_state, task_state, workflow_id, workflow }: Row): Breach => ({
  subject: id,
  what: `Server ${id} is ${task_state}, but no workflow will end that.`,
  evidence: { vmState: vm_state, taskState: task_state, workflowId: workflow_id, workflow },
  repair: `Clear its task (state: ${settledState(vm_state, task_state)}) with a fault; it can be deleted or acted on again.`,
});
