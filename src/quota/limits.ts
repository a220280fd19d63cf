import type { CloudDb } from '../db/sql/queries.ts';
import { readClassLimits, readLimitLayers } from '../db/stores/quotas/quota-limits.ts';
import { layered, type QuotaLimits } from './resources.ts';

/** Who is limited: a project, or one user in it. */
export interface QuotaOwner {
  readonly projectId: string;
  readonly userId?: string;
}

/** The limits of a project and, as far as the user has some, those of the user in it. */
export interface OwnerLimits {
  readonly project: QuotaLimits;
  /** The same as the project's where nothing else was set for the user. */
  readonly user: QuotaLimits;
  /** Whether something was set for the user. */
  readonly userHasOwn: boolean;
}

/** What holds for an owner: set for the user, else for the project, else for the default class, else `options`. */
export async function limitsOf(db: CloudDb, owner: QuotaOwner, options: QuotaLimits): Promise<OwnerLimits> {
  const { defaults, project, user } = await readLimitLayers(db, owner);
  const ofProject = layered(project, defaults, options);
  return { project: ofProject, user: layered(user, ofProject), userHasOwn: Object.keys(user).length > 0 };
}

/** What holds for a class: what was set for it, else `options`. */
export const limitsOfClass = async (db: CloudDb, className: string, options: QuotaLimits): Promise<QuotaLimits> =>
  layered(await readClassLimits(db, className), options);
