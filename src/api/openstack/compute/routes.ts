import type { Route } from '../../pipeline/route.ts';
import type { ComputeFaceDeps } from './deps.ts';
import { addHostToAggregate, removeHostFromAggregate, setAggregateMetadata } from './aggregates/actions.ts';
import { cacheImagesOfAggregate } from './aggregates/images.ts';
import { listExtensions, showExtension } from './extensions/routes.ts';
import { flavorRoutes } from './flavors/index.ts';
import { hostRoutes } from './hosts/routes.ts';
import { hypervisorRoutes } from './hypervisors/index.ts';
import { showLimits } from './limits/routes.ts';
import { baremetalNodeRoutes } from './proxies/baremetal-nodes.ts';
import { fpingRoutes } from './proxies/fping.ts';
import { imageMetadataRoutes } from './proxies/image-metadata.ts';
import { imageProxyRoutes } from './proxies/images.ts';
import { snapshotProxyRoutes } from './proxies/snapshots.ts';
import { volumeProxyRoutes } from './proxies/volumes.ts';
import { defaultRuleProxyRoutes } from './proxies/default-rules.ts';
import { floatingIpProxyRoutes } from './proxies/floating-ips.ts';
import { networkProxyRoutes } from './proxies/networks.ts';
import { providedNetworkRoutes } from './proxies/provided-networks.ts';
import { securityGroupProxyRoutes } from './proxies/security-groups.ts';
import { quotaRoutes } from './quotas/index.ts';
import { removedRoutes } from './removed/routes.ts';
import { computeResourceRoutes } from './resources.ts';
import { serverRoutes } from './servers/index.ts';
import { serviceRoutes } from './services/index.ts';
import { auditLogRoutes } from './usage/audit-log.ts';
import { usageRoutes } from './usage/routes.ts';
import { showVersion, showVersionById } from './versions/routes.ts';
import { listZones, listZonesInFull } from './zones/routes.ts';

/** Every route of the compute API. */
export const computeRoutes: readonly Route<ComputeFaceDeps>[] = [
  showVersion,
  showVersionById,
  ...serverRoutes,
  ...flavorRoutes,
  showLimits,
  ...quotaRoutes,
  ...serviceRoutes,
  ...hypervisorRoutes,
  ...hostRoutes,
  ...usageRoutes,
  ...auditLogRoutes,
  addHostToAggregate,
  removeHostFromAggregate,
  setAggregateMetadata,
  cacheImagesOfAggregate,
  listZones,
  listZonesInFull,
  listExtensions,
  showExtension,
  ...securityGroupProxyRoutes,
  ...defaultRuleProxyRoutes,
  ...networkProxyRoutes,
  ...providedNetworkRoutes,
  ...floatingIpProxyRoutes,
  ...imageProxyRoutes,
  ...volumeProxyRoutes,
  ...snapshotProxyRoutes,
  ...imageMetadataRoutes,
  ...baremetalNodeRoutes,
  ...fpingRoutes,
  ...removedRoutes,
  ...computeResourceRoutes,
];
