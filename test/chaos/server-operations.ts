/** Everything that is done to a server that is there. Actions on hosts are taken from their declarations, so a new one is part of it at once. */
import { type ServerActionName, serverActions } from '../../src/operations/actions/index.ts';
import type { ServerAction } from '../../src/operations/actions/server-action.ts';
import { lifecycle, type Transition } from '../../src/operations/lifecycle.ts';
import type { VmState } from '../../src/objects/states.ts';
import { accept } from './ledger.ts';
import { recordOperations } from './record-operations.ts';
import type { ServerOperation } from './server-operation.ts';
import { askFor } from './session.ts';

/** What clients send with each action; it does not compile without a line for every one. */
const bodies: Readonly<Record<ServerActionName, readonly unknown[]>> = {
  start: [null],
  stop: [null],
  reboot: [{ type: 'SOFT' }, { type: 'HARD' }],
  pause: [null],
  unpause: [null],
  suspend: [null],
  resume: [null],
};

/** Ways back are taken more often than ways away, or all servers would soon be asleep. */
const WAYS_BACK = ['start', 'unpause', 'resume'];

export const actionRoute = (key: string): string => `POST /servers/{id}/action ${key}`;

const hostOperations = Object.entries(serverActions).flatMap(([action, declared]: [string, ServerAction]) =>
  // The names are those of the table that is walked here.
  bodies[action as ServerActionName].map((body) => operationOf(action as ServerActionName, declared, body)),
);

function operationOf(action: ServerActionName, { rest, transitionFor }: ServerAction, body: unknown): ServerOperation {
  const transition = transitionFor(body);
  const { from, to, lockable }: Transition = lifecycle[transition];
  return {
    name: transition,
    covers: [actionRoute(rest.key)],
    weight: WAYS_BACK.includes(action) ? 6 : 2,
    from,
    lockable,
    run: async (session, server) => {
      const path = `/v2.1/servers/${server.id}/action`;
      const answer = await askFor(session, transition, { service: 'compute', method: 'POST', path, body: { [rest.key]: body } });
      if (answer) accept(server, { action, promised: to });
    },
  };
}

const remove: ServerOperation = {
  name: 'delete',
  covers: ['DELETE /servers/{id}'],
  weight: 2,
  from: lifecycle.delete.from,
  lockable: lifecycle.delete.lockable,
  run: async (session, server) => {
    const answer = await askFor(session, 'delete', { service: 'compute', method: 'DELETE', path: `/v2.1/servers/${server.id}` });
    if (answer) accept(server, { action: 'delete', promised: 'deleted' });
  },
};

const resetState: ServerOperation = {
  name: 'reset state',
  covers: [actionRoute('os-resetState')],
  weight: 1,
  from: 'any',
  lockable: false,
  run: async (session, server) => {
    const body = { 'os-resetState': { state: 'error' } };
    const path = `/v2.1/servers/${server.id}/action`;
    const answer = await askFor(session, 'reset state', { by: 'admin', service: 'compute', method: 'POST', path, body });
    if (answer) server.stands = server.reset = 'error';
  },
};

export const serverOperations: readonly ServerOperation[] = [...hostOperations, remove, resetState, ...recordOperations];

/** Those that a server in a state can be asked for. */
export const operationsFor = (state: VmState, isLocked: boolean): readonly ServerOperation[] =>
  serverOperations.filter(({ from, lockable }) => (from === 'any' || from.includes(state)) && !(lockable && isLocked));
