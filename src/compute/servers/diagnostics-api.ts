import type { CellDb } from '../../db/sql/queries.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Diagnostics } from '../../objects/diagnostics.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ComputeApi } from '../api.ts';

/** What the hypervisor counts of a server's guest, with what the books know of it. */
export interface ServerDiagnostics {
  readonly counted: Diagnostics;
  readonly server: Server;
  /** Since its guest was last made, in seconds. */
  readonly uptimeSeconds: number | null;
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly compute: Pick<ComputeApi, 'act'>;
  readonly clock: Clock;
}

/** Looks into guests: their numbers, and their place on the processors of their host. */
export class DiagnosticsApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Asks the server's host what it counts of the guest. */
  async diagnostics(ctx: Context, id: string): Promise<ServerDiagnostics> {
    const { server, answer } = await this.#deps.compute.act(ctx, id, 'diagnostics', null);
    const { launchedAt } = server;
    const uptimeSeconds = launchedAt && Math.floor((this.#deps.clock.now().getTime() - launchedAt.getTime()) / 1_000);
    // Seam: the contract has checked the answer against what this question returns.
    return { counted: answer as Diagnostics, server, uptimeSeconds };
  }
}
