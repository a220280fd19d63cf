import { conductorRpc } from '../../conductor/rpcapi.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { NetworkApi } from '../../network/api.ts';
import type { NetworkLimits } from '../../network/books/quota.ts';
import { networkRpc } from '../../network/rpcapi.ts';
import type { Policy } from '../../policy/policy.ts';
import type { NovaConfig } from '../nova-config.ts';
import type { Shared } from './shared.ts';

/** The network service, as REST and compute call it. */
export const openNetworks = ({ db, bus, runtime: { ids, log, config } }: Shared, policy: Policy): NetworkApi =>
  new NetworkApi({
    db,
    ids,
    log,
    policy,
    quotaLimits: networkLimitsIn(config),
    zone: config.DEFAULT.default_availability_zone,
    network: clientOf(networkRpc, bus),
    conductor: clientOf(conductorRpc, bus),
  });

/** The configured default network quotas of a project. */
export const networkLimitsIn = ({ quotas }: NovaConfig): NetworkLimits => ({
  network: quotas.quota_network,
  subnet: quotas.quota_subnet,
  port: quotas.quota_port,
  security_group: quotas.quota_security_group,
  security_group_rule: quotas.quota_security_group_rule,
  router: quotas.quota_router,
  floatingip: quotas.quota_floatingip,
  subnetpool: quotas.quota_subnetpool,
  rbac_policy: quotas.quota_rbac_policy,
});
