import type { ExtraSpecsApi } from '../../../compute/flavors/extra-specs-api.ts';
import type { ImageCachingApi } from '../../../compute/aggregates/image-caching-api.ts';
import type { FlavorAccessApi } from '../../../compute/flavors/access-api.ts';
import type { FlavorApi } from '../../../compute/flavors/flavor-api.ts';
import type { HostApi } from '../../../compute/fleet/host-api.ts';
import type { HypervisorApi } from '../../../compute/fleet/hypervisor-api.ts';
import type { QuotaApi } from '../../../compute/quotas/quota-api.ts';
import type { ProxiedImagesApi } from '../../../compute/proxies/proxied-images-api.ts';
import type { ProxiedVolumesApi } from '../../../compute/proxies/proxied-volumes-api.ts';
import type { ProxiedNetworksApi } from '../../../compute/proxies/proxied-networks-api.ts';
import type { ProxiedFloatingIpsApi } from '../../../compute/proxies/proxied-floating-ips-api.ts';
import type { ProxiedDefaultRulesApi } from '../../../compute/proxies/proxied-default-rules-api.ts';
import type { ProxiedGroupsApi } from '../../../compute/proxies/proxied-groups-api.ts';
import type { PingApi } from '../../../compute/proxies/ping-api.ts';
import type { ServiceApi } from '../../../compute/fleet/service-api.ts';
import type { ZoneApi } from '../../../compute/fleet/zone-api.ts';
import type { UsageApi } from '../../../compute/fleet/usage-api.ts';
import type { ComputeResourceDeps } from './resources.ts';
import type { ServerFaceDeps } from './servers/deps.ts';

/** All that the compute API's controllers call. */
export interface ComputeFaceDeps extends ServerFaceDeps, ComputeResourceDeps {
  readonly flavors: FlavorApi;
  readonly flavorAccess: FlavorAccessApi;
  readonly extraSpecs: ExtraSpecsApi;
  readonly quotas: QuotaApi;
  readonly services: ServiceApi;
  readonly hypervisors: HypervisorApi;
  readonly hosts: HostApi;
  readonly usage: UsageApi;
  readonly securityGroups: ProxiedGroupsApi;
  readonly defaultRules: ProxiedDefaultRulesApi;
  readonly imageProxy: ProxiedImagesApi;
  readonly volumeProxy: ProxiedVolumesApi;
  readonly networkProxy: ProxiedNetworksApi;
  readonly floatingIps: ProxiedFloatingIpsApi;
  readonly pings: PingApi;
  readonly zones: ZoneApi;
  readonly imageCaching: ImageCachingApi;
}
