import { sql } from 'kysely';
import type { CellDb } from '../db/sql/queries.ts';
import type { QuotaOwner } from './limits.ts';

/** The quota usage of servers; `ram` in MB. */
export interface Usage {
  readonly instances: number;
  readonly cores: number;
  readonly ram: number;
}

/** The usage of a project, or of one user in it. It is counted from the servers, so no counter can drift. */
export async function usageOf(db: CellDb, { projectId, userId }: QuotaOwner): Promise<Usage> {
  let servers = db.selectFrom('servers').where('project_id', '=', projectId).where('vm_state', 'not in', ['deleted', 'soft-delete']);
  if (userId !== undefined) servers = servers.where('user_id', '=', userId);
  return await servers
    .select([
      sql<number>`count(*)::int`.as('instances'),
      sql<number>`coalesce(sum((flavor->>'vcpus')::int), 0)::int`.as('cores'),
      sql<number>`coalesce(sum((flavor->>'ramMb')::int), 0)::int`.as('ram'),
    ])
    .executeTakeFirstOrThrow();
}
