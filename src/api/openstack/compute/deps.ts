import type { ComputeApi } from '../../../compute/api.ts';
import type { ExtraSpecsApi } from '../../../compute/extra-specs-api.ts';
import type { FlavorAccessApi } from '../../../compute/flavor-access-api.ts';
import type { FlavorApi } from '../../../compute/flavor-api.ts';
import type { KeypairApi } from '../../../compute/keypair-api.ts';
import type { Ids } from '../../../lib/clock/ids.ts';

/** All that the compute API's controllers call. */
export interface ComputeFaceDeps {
  readonly compute: ComputeApi;
  readonly flavors: FlavorApi;
  readonly flavorAccess: FlavorAccessApi;
  readonly extraSpecs: ExtraSpecsApi;
  readonly keypairs: KeypairApi;
  readonly ids: Ids;
  /** The longest page of a list (`[api]max_limit`). */
  readonly maxLimit: number;
}
