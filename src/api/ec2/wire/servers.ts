import type { ComputeApi } from '../../../compute/api.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { Server } from '../../../objects/server.ts';

const AT_ONCE = 1_000;
/** More than a project has. */
const MOST = 20_000;

/** The servers of the caller's project, the oldest first. */
export async function serversOf(ctx: Context, compute: Pick<ComputeApi, 'list'>): Promise<readonly Server[]> {
  const found: Server[] = [];
  for (;;) {
    const marker = found.at(-1)?.id;
    const sort = [{ column: 'created_at', direction: 'asc' } as const];
    const page = await compute.list(ctx, { sort, limit: AT_ONCE, inFull: true, ...(marker !== undefined && { marker }) });
    found.push(...page);
    if (page.length < AT_ONCE || found.length >= MOST) return found;
  }
}
