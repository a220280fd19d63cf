import type { Context } from '../../../lib/context/context.ts';
import type { MarshalledError } from '../../../lib/errors/marshal.ts';
import { transaction } from '../../../db/sql/retry.ts';
import type { CellDb, InCell } from '../../../db/sql/queries.ts';
import { findServer } from '../../../db/stores/servers/cached-servers.ts';
import { advanceServer, type ServerState, takeServer } from '../../../db/stores/servers/servers.ts';
import { settleServer } from '../../../db/stores/servers/settling.ts';
import type { Kind } from '../../../lib/errors/kind.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { PowerState, VmState } from '../../../objects/states.ts';
import { ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';

/** The server; throws if this workflow no longer holds it. */
export async function heldServer(deps: Pick<WorkflowDeps, 'db'>, serverId: ServerId, workflowId: string): Promise<Server> {
  const server = await findServer(deps.db, serverId);
  if (server?.workflowId !== workflowId) throw ServerTaken({ serverId });
  return server;
}

/** Whether this workflow still holds the server. If a newer workflow does, an undo does nothing: that one cleans up or continues. */
export const isHeld = async (deps: Pick<WorkflowDeps, 'db'>, serverId: ServerId, workflowId: string): Promise<boolean> =>
  (await findServer(deps.db, serverId))?.workflowId === workflowId;

/** A transaction of a step. It may be retried, so it uses only the database. */
export const inTransaction = <T>(deps: Pick<WorkflowDeps, 'db' | 'clock'>, work: (trx: InCell) => Promise<T>): Promise<T> =>
  transaction(deps.db, work, { clock: deps.clock });

/** Writes a step's result to the server, if this workflow still holds it. */
export async function advance(
  deps: Pick<WorkflowDeps, 'db'>,
  serverId: ServerId,
  workflowId: string,
  next: Parameters<typeof advanceServer>[3],
): Promise<Server> {
  const server = await advanceServer(deps.db, serverId, workflowId, next);
  if (!server) throw ServerTaken({ serverId });
  return server;
}

/** The power state of a guest by its server's settled state. */
const powerAt: Partial<Record<VmState, PowerState>> = {
  active: 'running',
  paused: 'paused',
  stopped: 'shutdown',
  suspended: 'shutdown',
  'soft-delete': 'shutdown',
  rescued: 'running',
  shelved: 'shutdown',
  shelved_offloaded: 'shutdown',
  deleted: 'pending',
};

interface Settled {
  readonly serverId: ServerId;
  readonly workflowId: string;
  readonly ctx: Context;
  /** If absent, the state stays. */
  readonly to?: VmState;
  readonly more?: ServerState;
  /** Whether it releases the server's placements. */
  readonly releasesPlacements?: boolean;
}

/** Settles a server in a state, releases it, writes the event and ends the user's action, in one statement. Settling twice is a no-op. */
export function settle(db: CellDb, { serverId, workflowId, ctx, to, more = {}, releasesPlacements = false }: Settled): Promise<void> {
  const power = to === undefined ? undefined : powerAt[to];
  const next = {
    ...(to === undefined ? {} : { vm_state: to }),
    // No operation is in progress any more.
    progress: 0,
    ...(power === undefined ? {} : { power_state: power }),
    ...(to === 'error' ? {} : { fault: null }),
    ...more,
  };
  const told = { requestId: ctx.requestId, failed: to === 'error' };
  return settleServer(db, { serverId, workflowId, next, releasesPlacements, ...told });
}

/** Takes back a server that this workflow has just settled in a state, unless another operation has begun on it. */
export const takeBack = (
  deps: Pick<WorkflowDeps, 'db' | 'clock'>,
  { serverId, workflowId, from, to }: { serverId: ServerId; workflowId: string; from: VmState; to: ServerState },
): Promise<unknown> =>
  inTransaction(deps, (trx) =>
    takeServer(trx, { id: serverId, vmState: from, taskState: null, workflowId: null }, { ...to, workflow_id: workflowId }),
  );

/** Releases a server that could not be changed: its action fails, and its state stays or is that to which the failed work has brought it. */
export const settleBack = (
  db: CellDb,
  { serverId, workflowId, ctx, to, fault }: Pick<Settled, 'serverId' | 'workflowId' | 'ctx' | 'to'> & { readonly fault: string },
): Promise<void> => {
  const told = { requestId: ctx.requestId, failed: true };
  const power = to === undefined ? undefined : powerAt[to];
  const state = { ...(to === undefined ? {} : { vm_state: to }), ...(power === undefined ? {} : { power_state: power }) };
  return settleServer(db, { serverId, workflowId, next: { ...state, fault, progress: 0 }, releasesPlacements: false, ...told });
};

/** The fault codes of the API. */
const codeOf: Partial<Record<Kind, number>> = { invalid: 400, forbidden: 403, 'over-limit': 403, 'not-found': 404 };

/** An undeclared error, whose message is not meant for owners: it may name hosts, paths or SQL. */
const isUndeclared = ({ code }: MarshalledError): boolean => /error$/i.test(code);

/** Whether the reason of the previous attempt helps the owner: only if the owner can do something about it. */
const isForOwner = (failure: MarshalledError): boolean => failure.kind !== 'internal' && !isUndeclared(failure);

const sentenceOf = (failure: MarshalledError): string => (isUndeclared(failure) ? 'An unexpected error happened.' : failure.message);

/** A failure as the server's fault: a message for its owner; for operators the chain of causes, including that of the `earlier` attempt. */
export const faultOf = (failure: MarshalledError, now: Date, earlier?: MarshalledError): string =>
  JSON.stringify({
    code: codeOf[failure.kind] ?? 500,
    message: [sentenceOf(failure), ...(earlier && isForOwner(earlier) ? [`Before: ${sentenceOf(earlier)}`] : [])].join(' '),
    details: earlier ? `${detailsOf(failure)}\nafter ${detailsOf(earlier)}` : detailsOf(failure),
    createdAt: now.toISOString(),
  });

function detailsOf(failure: MarshalledError): string {
  const params = Object.keys(failure.params).length > 0 ? ` ${JSON.stringify(failure.params)}` : '';
  const own = `${failure.code}: ${failure.message}${params}`;
  return failure.cause ? `${own}\nbecause ${detailsOf(failure.cause)}` : own;
}
