import type { Route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { addTenantAccess, listFlavorAccess, removeTenantAccess } from './access.ts';
import { createExtraSpecs, deleteExtraSpec, listExtraSpecs, showExtraSpec, updateExtraSpec } from './extra-specs.ts';
import { createFlavor, deleteFlavor, updateFlavor } from './manage.ts';
import { listFlavors, listFlavorsInFull, showFlavor } from './routes.ts';

/** Flavors, their access lists and extra specs. */
export const flavorRoutes: readonly Route<ComputeFaceDeps>[] = [
  listFlavors,
  listFlavorsInFull,
  showFlavor,
  createFlavor,
  updateFlavor,
  deleteFlavor,
  listFlavorAccess,
  addTenantAccess,
  removeTenantAccess,
  listExtraSpecs,
  createExtraSpecs,
  showExtraSpec,
  updateExtraSpec,
  deleteExtraSpec,
];
