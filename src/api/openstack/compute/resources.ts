import { keypairs } from './keypairs/face.ts';
import type { DepsOf } from './resource-face.ts';

/** The resources of the compute API that are declared whole. Their routes, documents, dependencies and tests follow. */
export const computeResources = [keypairs] as const;

/** What they call. */
export type ComputeResourceDeps = DepsOf<(typeof computeResources)[number]>;
