import type { Route } from '../../pipeline/route.ts';
import type { NetworkFaceDeps } from './deps.ts';
import { addressScopeRoutes } from './address-scopes.ts';
import { agentRoutes } from './agents.ts';
import { zoneRoutes } from './availability-zones.ts';
import { extensionRoutes } from './extensions.ts';
import { floatingIpRoutes } from './floating-ips.ts';
import { ipAvailabilityRoutes } from './ip-availability.ts';
import { networkRoutes as networks } from './networks.ts';
import { portForwardingRoutes } from './port-forwardings.ts';
import { portRoutes } from './ports.ts';
import { qosPolicyRoutes } from './qos-policies.ts';
import { qosRuleRoutes } from './qos-rules.ts';
import { quotaRoutes } from './quotas.ts';
import { rbacPolicyRoutes } from './rbac-policies.ts';
import { routerMemberRoutes } from './router-members.ts';
import { routerRoutes } from './routers.ts';
import { ruleRoutes } from './security-group-rules.ts';
import { groupRoutes } from './security-groups.ts';
import { subnetPoolRoutes } from './subnet-pools.ts';
import { subnetRoutes } from './subnets.ts';
import { tagRoutes } from './tags.ts';
import { versionRoutes } from './versions.ts';

/** Every route of the network API. */
export const networkRoutes: readonly Route<NetworkFaceDeps>[] = [
  ...versionRoutes,
  ...extensionRoutes,
  ...networks,
  ...subnetRoutes,
  ...portRoutes,
  ...groupRoutes,
  ...ruleRoutes,
  ...quotaRoutes,
  ...zoneRoutes,
  ...agentRoutes,
  ...ipAvailabilityRoutes,
  ...tagRoutes,
  ...routerRoutes,
  ...routerMemberRoutes,
  ...floatingIpRoutes,
  ...portForwardingRoutes,
  ...qosPolicyRoutes,
  ...qosRuleRoutes,
  ...subnetPoolRoutes,
  ...addressScopeRoutes,
  ...rbacPolicyRoutes,
];
