import { findServersNumbered } from '../../db/stores/servers/numbered.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
}

/** Finds servers by their numbers, for APIs whose ids have no room for ours. */
export class NumberedServersApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Those of the numbers that are servers of the caller's project, in the order of the numbers. */
  async find(ctx: Context, numbers: readonly number[]): Promise<readonly Server[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'os_compute_api:servers:show', { project_id: ctx.projectId, user_id: ctx.userId });
    const found = new Map((await findServersNumbered(db, { numbers, projectId: ctx.projectId })).map((server) => [server.number, server]));
    return [...new Set(numbers)].flatMap((number) => found.get(number) ?? []);
  }
}
