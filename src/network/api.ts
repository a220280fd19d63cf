/** The builtin network service's operations and who may call them. Called by the edges and by the compute api. */
import type { Context } from '../lib/context/context.ts';
import type { RequestedNetworks } from '../objects/network-info.ts';
import { AgentsApi } from './api/agents.ts';
import { AddressScopesApi } from './api/address-scopes.ts';
import { DefaultRulesApi } from './api/default-rules.ts';
import { type NetworkApiDeps, ownerOf } from './api/deps.ts';
import { PortLimitExceeded } from './errors.ts';
import { refuseSharing } from './api/for-several-servers.ts';
import { FloatingIpsApi } from './api/floating-ips.ts';
import { GroupsApi } from './api/groups.ts';
import { checkGroupNames } from './books/group-names.ts';
import { IpAvailabilityApi } from './api/ip-availability.ts';
import { NetworkOwnersApi } from './api/network-owners.ts';
import { NetworksApi } from './api/networks.ts';
import { roomFor } from './books/quota.ts';
import { PortForwardingsApi } from './api/port-forwardings.ts';
import { PortsApi } from './api/ports.ts';
import { QosPoliciesApi } from './api/qos-policies.ts';
import { QosRulesApi } from './api/qos-rules.ts';
import { QuotasApi } from './api/quotas.ts';
import { checkRestricted } from './api/restricted-attributes.ts';
import { type PlannedPort, planPorts } from './books/requested.ts';
import { checkFixedIps } from './books/requested-addresses.ts';
import { RbacPoliciesApi } from './api/rbac-policies.ts';
import { RouterInterfacesApi } from './api/router-interfaces.ts';
import { RoutersApi } from './api/routers.ts';
import { RulesApi } from './api/rules.ts';
import { TagsApi } from './api/tags.ts';
import { SubnetPoolsApi } from './api/subnet-pools.ts';
import { SubnetsApi } from './api/subnets.ts';
import { portsOfServers } from './api/ports-of-servers.ts';
import type { NetworkingChecks, PortsOfServers } from './server-networking.ts';

export type { NetworkApiDeps } from './api/deps.ts';
export type { ListQuery } from './api/listing.ts';

export class NetworkApi implements NetworkingChecks {
  readonly networks: NetworksApi;
  readonly networkOwners: NetworkOwnersApi;
  readonly subnets: SubnetsApi;
  readonly ports: PortsApi;
  readonly groups: GroupsApi;
  readonly rules: RulesApi;
  readonly defaultRules: DefaultRulesApi;
  readonly quotas: QuotasApi;
  readonly tags: TagsApi;
  readonly routers: RoutersApi;
  readonly interfaces: RouterInterfacesApi;
  readonly floatingIps: FloatingIpsApi;
  readonly qosPolicies: QosPoliciesApi;
  readonly qosRules: QosRulesApi;
  readonly portForwardings: PortForwardingsApi;
  readonly ipAvailability: IpAvailabilityApi;
  readonly agents: AgentsApi;
  readonly subnetPools: SubnetPoolsApi;
  readonly addressScopes: AddressScopesApi;
  readonly rbacPolicies: RbacPoliciesApi;
  readonly ofServers: PortsOfServers;
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
    this.networks = new NetworksApi(deps);
    this.networkOwners = new NetworkOwnersApi(deps);
    this.subnets = new SubnetsApi(deps);
    this.ports = new PortsApi(deps);
    this.groups = new GroupsApi(deps);
    this.rules = new RulesApi(deps);
    this.defaultRules = new DefaultRulesApi(deps);
    this.quotas = new QuotasApi(deps);
    this.tags = new TagsApi(deps);
    this.routers = new RoutersApi(deps);
    this.interfaces = new RouterInterfacesApi(deps);
    this.floatingIps = new FloatingIpsApi(deps);
    this.ipAvailability = new IpAvailabilityApi(deps);
    this.agents = new AgentsApi(deps);
    this.qosPolicies = new QosPoliciesApi(deps);
    this.qosRules = new QosRulesApi(deps);
    this.portForwardings = new PortForwardingsApi(deps);
    this.subnetPools = new SubnetPoolsApi(deps);
    this.addressScopes = new AddressScopesApi(deps);
    this.rbacPolicies = new RbacPoliciesApi(deps);
    this.ofServers = portsOfServers(deps);
  }

  /** The availability zones of networks: only one, because every host carries every network. */
  zones(ctx: Context): readonly string[] {
    this.#deps.policy.check(ctx, 'get_availability_zone');
    return [this.#deps.zone];
  }

  /** Also fails when the quota has no room for the ports of `count` servers. */
  async checkRequested(ctx: Context, requested: RequestedNetworks, count: number): Promise<void> {
    if (count > 1 && typeof requested !== 'string') refuseSharing(requested, count);
    const asker = { projectId: ownerOf(ctx, undefined), isAdmin: ctx.isAdmin };
    const plan = await planPorts(this.#deps.db, asker, requested);
    for (const planned of plan) this.#checkFixedIp(ctx, planned);
    await checkFixedIps(this.#deps.db, plan);
    const newPorts = plan.filter(({ kind }) => kind === 'new').length * count;
    if (newPorts > 0 && newPorts > (await this.#roomForPorts(asker.projectId))) throw PortLimitExceeded({});
  }

  #roomForPorts(projectId: string): Promise<number> {
    return roomFor(this.#deps.db, this.#deps.quotaLimits, projectId, 'port');
  }

  /** By name or id; throws UnknownSecurityGroup. */
  async checkSecurityGroups(ctx: Context, names: readonly string[]): Promise<void> {
    await checkGroupNames(this.#deps.db, { projectId: ownerOf(ctx, undefined), names });
  }

  #checkFixedIp(ctx: Context, planned: PlannedPort): void {
    if (planned.kind === 'given' || planned.fixedIp === undefined) return;
    const port = { fixedIps: [{ ipAddress: planned.fixedIp }] };
    checkRestricted(this.#deps.policy, ctx, { verb: 'create', port, network: planned.network });
  }
}
