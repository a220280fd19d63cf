import { sql } from 'kysely';
import type { CloudDb } from '../../sql/queries.ts';

/** Whose limits: a class of projects, a project, or a user in a project. */
export type QuotaScope = { readonly className: string } | { readonly projectId: string; readonly userId?: string };

/** Limits that were set, by resource. */
export type StoredLimits = Readonly<Record<string, number>>;

/** The class whose limits apply to every project without its own. */
export const DEFAULT_CLASS = 'default';

/** The limits set at each level, for a project and optionally a user in it. */
export interface LimitLayers {
  readonly defaults: StoredLimits;
  readonly project: StoredLimits;
  readonly user: StoredLimits;
}

/** Reads all levels in one statement. */
export async function readLimitLayers(db: CloudDb, { projectId, userId }: { projectId: string; userId?: string }): Promise<LimitLayers> {
  const rows = await db
    .selectFrom('quota_limits')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('class_name', '=', DEFAULT_CLASS),
        eb.and([eb('project_id', '=', projectId), eb.or([eb('user_id', 'is', null), eb('user_id', '=', userId ?? null)])]),
      ]),
    )
    .execute();
  const layer = (isIn: (row: (typeof rows)[number]) => boolean): StoredLimits =>
    Object.fromEntries(rows.filter(isIn).map((row) => [row.resource, row.hard_limit]));
  return {
    defaults: layer((row) => row.class_name !== null),
    project: layer((row) => row.project_id !== null && row.user_id === null),
    user: layer((row) => row.user_id !== null),
  };
}

/** The limits set for a class. */
export async function readClassLimits(db: CloudDb, className: string): Promise<StoredLimits> {
  const rows = await db.selectFrom('quota_limits').select(['resource', 'hard_limit']).where('class_name', '=', className).execute();
  return Object.fromEntries(rows.map((row) => [row.resource, row.hard_limit]));
}

/** Sets limits; those of other resources stay. */
export async function saveLimits(db: CloudDb, scope: QuotaScope, limits: StoredLimits): Promise<void> {
  const whose =
    'className' in scope
      ? { class_name: scope.className, project_id: null, user_id: null }
      : { class_name: null, project_id: scope.projectId, user_id: scope.userId ?? null };
  const rows = Object.entries(limits).map(([resource, limit]) => ({ ...whose, resource, hard_limit: limit }));
  if (rows.length === 0) return;
  await db
    .insertInto('quota_limits')
    .values(rows)
    .onConflict((conflict) => conflict.constraint('one_limit_each').doUpdateSet({ hard_limit: sql`excluded.hard_limit` }))
    .execute();
}

/** Deletes the limits set for a user in a project; without a user, for the project and all its users. */
export async function deleteLimits(db: CloudDb, { projectId, userId }: { projectId: string; userId?: string }): Promise<void> {
  let gone = db.deleteFrom('quota_limits').where('project_id', '=', projectId);
  if (userId !== undefined) gone = gone.where('user_id', '=', userId);
  await gone.execute();
}
