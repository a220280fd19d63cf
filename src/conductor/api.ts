import type { Context } from '../lib/context/context.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Log } from '../lib/log/log.ts';
import { type Enqueue, enqueue } from '../lib/workflow/enqueue.ts';
import type { WorkflowRef } from '../lib/workflow/workflow.ts';
import type { InCell } from '../db/sql/queries.ts';
import type { ConductorRpcApi } from './rpcapi.ts';

/** How the compute API hands work to the conductor: written down in its own transaction, then announced. */
export class ConductorApi {
  readonly #rpc: ConductorRpcApi;
  readonly #log: Log;

  constructor(rpc: ConductorRpcApi, log: Log) {
    this.#rpc = rpc;
    this.#log = log;
  }

  /** Writes the work down, in the transaction that also changes the server: from its commit on it will be done, whoever dies. */
  async write<Input extends object>(trx: InCell, operation: WorkflowRef<Input>, work: Enqueue<Input>): Promise<string> {
    // The request's key is for its own changes: a workflow's steps are repeated by the rules of the engine.
    const { keyed: _keyed, resumed: _resumed, ...ctx } = work.ctx;
    return await enqueue(trx, operation, { ...work, ctx, announced: true });
  }

  /**
   * Tells a conductor after the commit. Nobody waits for it: while the queue is away the work only starts later, for conductors also look for
   * what nobody told them, and the client has its answer now.
   */
  announce(ctx: Context, workflowId: string): void {
    this.#rpc.runWorkflow(ctx, { workflowId }).catch((error: unknown) => {
      this.#log.warn(
        { workflowId, requestId: ctx.requestId, error: messageOf(error) },
        'no conductor could be told of new work; one will find it',
      );
    });
  }
}
