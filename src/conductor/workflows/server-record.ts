import type { Context } from '../../lib/context/context.ts';
import type { MarshalledError } from '../../lib/errors/marshal.ts';
import { finishAction } from '../../db/stores/instance-actions.ts';
import { appendEvent } from '../../db/stores/events.ts';
import type { InTransaction } from '../../db/stores/queries.ts';
import { advanceServer, findServer, type ServerState } from '../../db/stores/servers.ts';
import type { Kind } from '../../lib/errors/kind.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import type { PowerState, VmState } from '../../objects/states.ts';
import { ServerTaken } from '../errors.ts';
import type { WorkflowDeps } from './deps.ts';

/** The server, as long as this workflow holds it. */
export async function heldServer(deps: WorkflowDeps, serverId: ServerId, workflowId: string): Promise<Server> {
  const server = await findServer(deps.db, serverId);
  if (server?.workflowId !== workflowId) throw ServerTaken({ serverId });
  return server;
}

/** Writes a step's result to the server, if this workflow still holds it. */
export async function advance(deps: WorkflowDeps, serverId: ServerId, workflowId: string, next: ServerState): Promise<Server> {
  const server = await advanceServer(deps.db, serverId, workflowId, next);
  if (!server) throw ServerTaken({ serverId });
  return server;
}

/** What the hypervisor says of a guest whose server has come to rest in a state. */
const powerAt: Partial<Record<VmState, PowerState>> = {
  active: 'running',
  paused: 'paused',
  stopped: 'shutdown',
  suspended: 'shutdown',
  deleted: 'pending',
};

interface Settlement {
  readonly serverId: ServerId;
  readonly workflowId: string;
  readonly ctx: Context;
  readonly to: VmState;
  readonly more?: ServerState;
}

/** Brings a server to rest in a state, lets go of it, and tells the event log and the user's action, all at once. Settled before is settled. */
export async function settle(trx: InTransaction, { serverId, workflowId, ctx, to, more = {} }: Settlement): Promise<void> {
  const power = powerAt[to];
  const server = await advanceServer(trx, serverId, workflowId, {
    vm_state: to,
    task_state: null,
    workflow_id: null,
    ...(power === undefined ? {} : { power_state: power }),
    ...(to === 'error' ? {} : { fault: null }),
    ...more,
  });
  if (!server) return;
  await finishAction(trx, { serverId, requestId: ctx.requestId, failed: to === 'error' });
  await appendEvent(trx, { type: `server.${to}`, subject: serverId, projectId: server.projectId, requestId: ctx.requestId });
}

/** Lets go of a server that could not be changed: it stands where it stood, and its action says that it failed. */
export async function settleBack(
  trx: InTransaction,
  { serverId, workflowId, ctx, fault }: Omit<Settlement, 'to' | 'more'> & { readonly fault: string },
): Promise<void> {
  const server = await advanceServer(trx, serverId, workflowId, { task_state: null, workflow_id: null, fault });
  if (!server) return;
  await finishAction(trx, { serverId, requestId: ctx.requestId, failed: true });
  await appendEvent(trx, { type: 'server.action-failed', subject: serverId, projectId: server.projectId, requestId: ctx.requestId });
}

/** The fault codes of the API. */
const codeOf: Partial<Record<Kind, number>> = { invalid: 400, forbidden: 403, 'over-limit': 403, 'not-found': 404 };

/** A failure as the server's fault: a sentence for its owner, the chain of causes for operators. */
export const faultOf = (failure: MarshalledError, now: Date): string =>
  JSON.stringify({
    code: codeOf[failure.kind] ?? 500,
    message: failure.kind === 'internal' && failure.code === 'Error' ? 'An unexpected error happened on the way.' : failure.message,
    details: detailsOf(failure),
    createdAt: now.toISOString(),
  });

function detailsOf(failure: MarshalledError): string {
  const params = Object.keys(failure.params).length > 0 ? ` ${JSON.stringify(failure.params)}` : '';
  const own = `${failure.code}: ${failure.message}${params}`;
  return failure.cause ? `${own}\nbecause ${detailsOf(failure.cause)}` : own;
}
