import type { ExtraSpecsApi } from '../../../compute/extra-specs-api.ts';
import type { FlavorAccessApi } from '../../../compute/flavor-access-api.ts';
import type { FlavorApi } from '../../../compute/flavor-api.ts';
import type { HypervisorApi } from '../../../compute/hypervisor-api.ts';
import type { KeypairApi } from '../../../compute/keypair-api.ts';
import type { QuotaApi } from '../../../compute/quota-api.ts';
import type { ServiceApi } from '../../../compute/service-api.ts';
import type { ZoneApi } from '../../../compute/zone-api.ts';
import type { ServerFaceDeps } from './servers/deps.ts';

/** All that the compute API's controllers call. */
export interface ComputeFaceDeps extends ServerFaceDeps {
  readonly flavors: FlavorApi;
  readonly flavorAccess: FlavorAccessApi;
  readonly extraSpecs: ExtraSpecsApi;
  readonly keypairs: KeypairApi;
  readonly quotas: QuotaApi;
  readonly services: ServiceApi;
  readonly hypervisors: HypervisorApi;
  readonly zones: ZoneApi;
}
