import type { Context } from '../lib/context/context.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Log } from '../lib/log/log.ts';
import { type Enqueue, enqueue } from '../lib/workflow/enqueue.ts';
import type { WorkflowRef } from '../lib/workflow/workflow.ts';
import type { InCell, InCloud } from '../db/sql/queries.ts';
import type { ConductorRpcApi } from './rpcapi.ts';

/** How the compute API hands work to the conductor: stored in the API's own transaction, then announced. */
export class ConductorApi {
  readonly #rpc: ConductorRpcApi;
  readonly #log: Log;

  constructor(rpc: ConductorRpcApi, log: Log) {
    this.#rpc = rpc;
    this.#log = log;
  }

  /** Stores the work in the transaction that changes the server or volume: once committed it will be done, whichever process dies. */
  async write<Input extends object>(trx: InCell | InCloud, operation: WorkflowRef<Input>, work: Enqueue<Input>): Promise<string> {
    // The idempotency key is for the request's own changes: retries of a workflow's steps are up to the engine.
    const { keyed: _keyed, resumed: _resumed, ...ctx } = work.ctx;
    return await enqueue(trx, operation, { ...work, ctx, announced: true });
  }

  /**
   * Tells a conductor after the commit. Not awaited, so that the client has its answer at once: if the queue is down, conductors find the
   * work later by polling.
   */
  announce(ctx: Context, workflowId: string): void {
    this.#rpc.runWorkflow(ctx, { workflowId }).catch((error: unknown) => {
      this.#log.warn(
        { workflowId, requestId: ctx.requestId, error: messageOf(error) },
        'new work could not be announced; a conductor will find it later',
      );
    });
  }
}
