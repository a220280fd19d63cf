import type { Route } from '../../pipeline/route.ts';
import { keypairs } from './keypairs/face.ts';
import type { DepsOf } from './resource-face.ts';
import { serverGroups } from './server-groups/face.ts';

/** The resources of the compute API that are declared whole. Their routes, documents, dependencies and tests follow. */
export const computeResources = [keypairs, serverGroups] as const;

/** What they call. */
export type ComputeResourceDeps = DepsOf<(typeof computeResources)[number]>;

/** Their routes: each needs part of what all of them need together. */
export const computeResourceRoutes: readonly Route<ComputeResourceDeps>[] = computeResources.flatMap<Route<ComputeResourceDeps>>(
  ({ routes }) => routes,
);
