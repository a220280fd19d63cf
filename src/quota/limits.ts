import type { CloudDb } from '../db/sql/queries.ts';
import { readClassLimits, readLimitLayers } from '../db/stores/quotas/quota-limits.ts';
import { layered, type QuotaLimits } from './resources.ts';

/** Who is limited: a project, or one user in it. */
export interface QuotaOwner {
  readonly projectId: string;
  readonly userId?: string;
}

/** The limits of a project, and those of the user in it. */
export interface OwnerLimits {
  readonly project: QuotaLimits;
  /** Equal to the project's limits unless set for the user. */
  readonly user: QuotaLimits;
  /** Whether the user has limits of their own. */
  readonly userHasOwn: boolean;
}

/** The effective limits of an owner: the user's, else the project's, else the default class's, else `options`. */
export async function limitsOf(db: CloudDb, owner: QuotaOwner, options: QuotaLimits): Promise<OwnerLimits> {
  const { defaults, project, user } = await readLimitLayers(db, owner);
  const ofProject = layered(project, defaults, options);
  return { project: ofProject, user: layered(user, ofProject), userHasOwn: Object.keys(user).length > 0 };
}

/** The effective limits of a class: its own, else `options`. */
export const limitsOfClass = async (db: CloudDb, className: string, options: QuotaLimits): Promise<QuotaLimits> =>
  layered(await readClassLimits(db, className), options);
