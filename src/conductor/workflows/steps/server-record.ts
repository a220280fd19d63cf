import type { Context } from '../../../lib/context/context.ts';
import type { MarshalledError } from '../../../lib/errors/marshal.ts';
import { transaction } from '../../../db/sql/retry.ts';
import type { CellDb, InCell } from '../../../db/sql/queries.ts';
import { advanceServer, findServer, type ServerState, takeServer } from '../../../db/stores/servers/servers.ts';
import { settleServer } from '../../../db/stores/servers/settling.ts';
import type { Kind } from '../../../lib/errors/kind.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { PowerState, VmState } from '../../../objects/states.ts';
import { ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';

/** The server, as long as this workflow holds it. */
export async function heldServer(deps: Pick<WorkflowDeps, 'db'>, serverId: ServerId, workflowId: string): Promise<Server> {
  const server = await findServer(deps.db, serverId);
  if (server?.workflowId !== workflowId) throw ServerTaken({ serverId });
  return server;
}

/** Whether this workflow still holds the server. An undo leaves alone what a newer workflow holds: that one cleans up, or goes on with it. */
export const isHeld = async (deps: Pick<WorkflowDeps, 'db'>, serverId: ServerId, workflowId: string): Promise<boolean> =>
  (await findServer(deps.db, serverId))?.workflowId === workflowId;

/** A transaction of a step; what it does besides talking to the database would be done again when PostgreSQL asks for another try. */
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

/** What the hypervisor says of a guest whose server has come to rest in a state. */
const powerAt: Partial<Record<VmState, PowerState>> = {
  active: 'running',
  paused: 'paused',
  stopped: 'shutdown',
  suspended: 'shutdown',
  deleted: 'pending',
};

interface Settled {
  readonly serverId: ServerId;
  readonly workflowId: string;
  readonly ctx: Context;
  /** Left out: it stands where it stood. */
  readonly to?: VmState;
  readonly more?: ServerState;
  /** Whether it gives back all that it holds of hosts. */
  readonly releasesPlacements?: boolean;
}

/** Brings a server to rest in a state, lets go of it, and tells the event log and the user's action, all at once. Settled before is settled. */
export function settle(db: CellDb, { serverId, workflowId, ctx, to, more = {}, releasesPlacements = false }: Settled): Promise<void> {
  const power = to === undefined ? undefined : powerAt[to];
  const next = {
    ...(to === undefined ? {} : { vm_state: to }),
    // What was on its way has come to its end.
    progress: 0,
    ...(power === undefined ? {} : { power_state: power }),
    ...(to === 'error' ? {} : { fault: null }),
    ...more,
  };
  const told = { requestId: ctx.requestId, failed: to === 'error' };
  return settleServer(db, { serverId, workflowId, next, releasesPlacements, ...told });
}

/** Takes a server back that this workflow has just brought to rest in a state; one that was taken by somebody else stays theirs. */
export const takeBack = (
  deps: Pick<WorkflowDeps, 'db' | 'clock'>,
  { serverId, workflowId, from, to }: { serverId: ServerId; workflowId: string; from: VmState; to: ServerState },
): Promise<unknown> =>
  inTransaction(deps, (trx) =>
    takeServer(trx, { id: serverId, vmState: from, taskState: null, workflowId: null }, { ...to, workflow_id: workflowId }),
  );

/** Lets go of a server that could not be changed: it stands where it stood, and its action says that it failed. */
export const settleBack = (
  db: CellDb,
  { serverId, workflowId, ctx, fault }: Pick<Settled, 'serverId' | 'workflowId' | 'ctx'> & { readonly fault: string },
): Promise<void> => {
  const told = { requestId: ctx.requestId, failed: true };
  return settleServer(db, { serverId, workflowId, next: { fault, progress: 0 }, releasesPlacements: false, ...told });
};

/** The fault codes of the API. */
const codeOf: Partial<Record<Kind, number>> = { invalid: 400, forbidden: 403, 'over-limit': 403, 'not-found': 404 };

/** Nobody declared this error, so nobody wrote its sentence for owners: it may name hosts, paths or SQL. */
const isUnforeseen = ({ code }: MarshalledError): boolean => /error$/i.test(code);

/** What made the last attempt look elsewhere helps the owner where it can be mended by the owner: not where something broke. */
const isForOwner = (failure: MarshalledError): boolean => failure.kind !== 'internal' && !isUnforeseen(failure);

const sentenceOf = (failure: MarshalledError): string =>
  isUnforeseen(failure) ? 'An unexpected error happened on the way.' : failure.message;

/** A failure as the server's fault: a sentence for its owner; for operators the chain of causes, also of what failed `earlier`. */
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
