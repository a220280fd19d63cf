import type { Route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { showQuotaClass, updateQuotaClass } from './classes.ts';
import { deleteQuotaSet, showQuotaDefaults, showQuotaDetail, showQuotaSet, updateQuotaSet } from './sets.ts';

/** Quota sets and quota classes. */
export const quotaRoutes: readonly Route<ComputeFaceDeps>[] = [
  showQuotaSet,
  showQuotaDetail,
  showQuotaDefaults,
  updateQuotaSet,
  deleteQuotaSet,
  showQuotaClass,
  updateQuotaClass,
];
