import type { ConductorApi } from '../../conductor/api.ts';
import { change, type Changing } from '../../db/change.ts';
import type { InWhole, WholeDb } from '../../db/sql/queries.ts';
import { beginBeside, beginWork } from '../../db/stores/servers/beginning.ts';
import { changeServer, lockServer, type ServerDetails } from '../../db/stores/servers/servers.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { WorkflowRef } from '../../lib/workflow/workflow.ts';
import { asId, type ImageId, type ServerId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import { lifecycle, type Transition, type TransitionName } from '../../operations/lifecycle.ts';
import { ServerNotFound } from './errors.ts';
import { checkMayBegin } from './may-begin.ts';
import { toldOf } from './told-of-work.ts';

export interface BeginDeps {
  readonly db: WholeDb;
  readonly conductor: ConductorApi;
  readonly ids: Ids;
}

/** Work to begin on a server. */
export interface Work<Input extends object, Prepared = void> {
  readonly transition: TransitionName;
  /** The action's name in the server's history. */
  readonly action: string;
  /** Its name in a refusal; by default the same. */
  readonly words?: string;
  readonly workflow: WorkflowRef<Input>;
  /** Lookups before the server is locked; skipped when an earlier attempt of the request has begun the work. */
  readonly prepare?: () => Promise<Prepared>;
  /** Computed from the locked server; throws if something is in the way. */
  readonly inputOf: (server: Server, trx: InWhole, prepared: Prepared) => Input | Promise<Input>;
  /** Columns to change at once. */
  readonly details?: (prepared: Prepared) => ServerDetails | undefined;
  /** What the client is told of the work; remembered for a retried request. */
  readonly tells?: (prepared: Prepared) => Told;
}

/** What an answer tells of work that has begun. */
export interface Told {
  /** The image that the work makes. */
  readonly imageId: ImageId | null;
  /** Whether it tells the administrator's password of a guest that is made anew. */
  readonly hasPassword: boolean;
}

/**
 * Takes the server's task state and stores the workflow that does the work, in one transaction; then tells a conductor. Whether it may
 * begin is decided under the server's lock: workflows run on meanwhile, and their steps must not cause an operation that may begin at any
 * time to be refused. Work without a task state of its own runs beside other work.
 * @returns the server as it is then
 */
export const beginWorkOn = async <Input extends object>(deps: BeginDeps, ctx: Context, id: ServerId, work: Work<Input>): Promise<Server> =>
  (await begin(deps, ctx, id, work)).server;

/** What is kept for a retried request; an earlier release kept only the workflow. */
type Kept = string | null | { readonly workflowId: string; readonly imageId: string | null; readonly hasPassword?: boolean };

/** The same for callers that wait for the workflow, or tell of an image. */
export async function begin<Input extends object, Prepared = void>(
  deps: BeginDeps,
  ctx: Context,
  id: ServerId,
  work: Work<Input, Prepared>,
): Promise<Begun> {
  const workflowId = deps.ids.uuid();
  const { prepare } = work;
  // A retried request has begun the work already.
  const recall = async (kept: Kept, { trx }: Changing<WholeDb>): Promise<Begun> => {
    const server = existing(await lockServer(trx, id), id);
    const known = typeof kept === 'string' ? { workflowId: kept, imageId: null } : (kept ?? { workflowId, imageId: null });
    const imageId = known.imageId === null ? null : asId<ImageId>(known.imageId);
    return { server, workflowId: known.workflowId, imageId, hasPassword: known.hasPassword === true, isNew: false };
  };
  const what = {
    db: deps.db,
    what: `server.${work.action} ${id}`,
    keep: ({ workflowId: id, imageId, hasPassword }: Begun) => ({ workflowId: id, imageId, ...(hasPassword && { hasPassword }) }),
    recall,
    ...(prepare && { prepare }),
  };
  const begun = await change<WholeDb, Begun, Kept, Prepared>(ctx, what, async ({ trx }, prepared): Promise<Begun> => {
    const server = await lockServer(trx, id);
    if (!server || server.vmState === 'deleted') throw ServerNotFound({ id });
    const row: Transition = lifecycle[work.transition];
    const told = work.tells?.(prepared) ?? { imageId: null, hasPassword: false };
    if (isUnderWay(row, server)) return { server, workflowId, ...told, isNew: false };
    checkMayBegin(ctx, server, row, work.words ?? work.action);
    const input = await work.inputOf(server, trx, prepared);
    const details = work.details?.(prepared);
    const changed = details ? await changeServer(trx, id, details) : server;
    // Only an operation that may begin during others ends them; the rest waits for them.
    const supersedes = row.doing !== null && row.during !== undefined;
    if (row.doing === null) await beginBeside(trx, ctx, server, { action: work.action, ...toldOf(input) });
    else {
      const next = { task_state: row.doing };
      await beginWork(trx, ctx, server, { action: work.action, next, workflowId, supersedes, ...toldOf(input) });
    }
    await deps.conductor.write(trx, work.workflow, { id: workflowId, subject: id, ctx, input, supersedes });
    return { server: row.doing === null ? changed : { ...changed, taskState: row.doing, workflowId }, workflowId, ...told, isNew: true };
  });
  if (begun.isNew) deps.conductor.announce(ctx, workflowId);
  return begun;
}

/** Repeating an operation that may begin during anything, while it is in progress, is a no-op. */
const isUnderWay = ({ during, doing, doneBy = [] }: Transition, { taskState }: Server): boolean =>
  taskState !== null && (doneBy.includes(taskState) || (during === 'any' && taskState === doing));

/** A server, the workflow of the work on it, and whether it is new. */
export interface Begun extends Told {
  readonly server: Server;
  readonly workflowId: string;
  readonly isNew: boolean;
}

/** The server, even if deleted by now. */
function existing(server: Server | undefined, id: ServerId): Server {
  if (!server) throw ServerNotFound({ id });
  return server;
}
