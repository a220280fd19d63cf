import type { Route } from '../../pipeline/route.ts';
import { agents } from './agents/face.ts';
import { aggregates } from './aggregates/face.ts';
import { keypairs } from './keypairs/face.ts';
import { migrations } from './migrations/face.ts';
import type { DepsOf } from './resource-face.ts';
import { serverGroups } from './server-groups/face.ts';

/** The declared resources of the compute API. Their routes, documents, dependencies and tests derive from this list. */
export const computeResources = [keypairs, serverGroups, migrations, aggregates, agents] as const;

/** Their dependencies. */
export type ComputeResourceDeps = DepsOf<(typeof computeResources)[number]>;

/** Their routes: each needs part of what all of them need together. */
export const computeResourceRoutes: readonly Route<ComputeResourceDeps>[] = computeResources.flatMap<Route<ComputeResourceDeps>>(
  ({ routes }) => routes,
);
