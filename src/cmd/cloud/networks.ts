import { conductorRpc } from '../../conductor/rpcapi.ts';
import { listServices, type ServiceRow } from '../../db/stores/hosts/services.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { NetworkApi } from '../../network/api.ts';
import type { NetworkAgent } from '../../objects/network.ts';
import type { NetworkLimits } from '../../network/books/quota.ts';
import { networkRpc } from '../../network/rpcapi.ts';
import type { Policy } from '../../policy/policy.ts';
import type { NovaConfig } from '../nova-config.ts';
import type { Shared } from './shared.ts';

/** The network service, as REST and compute call it. */
export const openNetworks = ({ db, bus, group, runtime: { ids, log, config } }: Shared, policy: Policy): NetworkApi =>
  new NetworkApi({
    db,
    ids,
    log,
    policy,
    quotaLimits: networkLimitsIn(config),
    zone: config.DEFAULT.default_availability_zone,
    agents: async () => {
      const services = (await listServices(db)).filter(({ binary }) => binary === NETWORK);
      return (await group.judge(services)).map(agentOf);
    },
    network: clientOf(networkRpc, bus),
    conductor: clientOf(conductorRpc, bus),
  });

/** The network service of a host, among the services that send heartbeats. */
const NETWORK = 'nova-network';

const agentOf = (service: ServiceRow & { readonly isUp: boolean }): NetworkAgent => ({
  id: service.id,
  host: service.host,
  binary: service.binary,
  zone: service.zone,
  isAlive: service.isUp,
  heardAt: service.seenAt,
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
