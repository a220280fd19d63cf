import { sql } from 'kysely';
import type { InTransaction } from '../db/stores/queries.ts';
import { errorType } from '../lib/errors/error-type.ts';

/** What a project may have; -1 is without bound. */
export interface QuotaLimits {
  readonly instances: number;
  readonly cores: number;
  readonly ramMb: number;
}

export type Usage = QuotaLimits;

const wireNames = { instances: 'instances', cores: 'cores', ramMb: 'ram' } as const;
type Resource = keyof typeof wireNames;

export const QuotaExceeded = errorType(
  'QuotaExceeded',
  'over-limit',
  (p: { resource: string; requested: number; used: number; limit: number }) =>
    `Quota exceeded for ${p.resource}: Requested ${p.requested}, but already used ${p.used} of ${p.limit} ${p.resource}`,
);

/** What a project has, counted from its servers: there is no counter that could be wrong. */
export async function usageOf(db: InTransaction, projectId: string): Promise<Usage> {
  const row = await db
    .selectFrom('servers')
    .where('project_id', '=', projectId)
    .where('vm_state', 'not in', ['deleted', 'soft-delete'])
    .select([
      sql<number>`count(*)::int`.as('instances'),
      sql<number>`coalesce(sum((flavor->>'vcpus')::int), 0)::int`.as('cores'),
      sql<number>`coalesce(sum((flavor->>'ramMb')::int), 0)::int`.as('ramMb'),
    ])
    .executeTakeFirstOrThrow();
  return row;
}

/**
 * Refuses what would take a project over its limits. Holds the project's quota lock until the transaction ends,
 * so that two requests at once cannot both take the last place.
 */
export async function checkQuota(trx: InTransaction, projectId: string, wanted: Usage, limits: QuotaLimits): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('quota'), hashtext(${projectId}))`.execute(trx);
  const used = await usageOf(trx, projectId);
  for (const resource of Object.keys(wireNames) as Resource[]) {
    const limit = limits[resource];
    if (limit >= 0 && used[resource] + wanted[resource] > limit)
      throw QuotaExceeded({ resource: wireNames[resource], requested: wanted[resource], used: used[resource], limit });
  }
}
