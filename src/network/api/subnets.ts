import { change, type Changing } from '../../db/change.ts';
import { addressesOf, countAddresses, holderOf } from '../../db/stores/network/ip-allocations.ts';
import {
  deleteSubnet,
  findNetworks,
  findSubnets,
  insertSubnet,
  listSubnets,
  lockNetwork,
  lockSubnetsOf,
  subnetsOf,
  touchNetworks,
  updateSubnet,
} from '../../db/stores/network/networks.ts';
import { routerOfGateway } from '../../db/stores/network/routers.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { changePortsInSubnet } from '../../db/stores/network/server-networking.ts';
import { subnetCreate, subnetDelete, subnetUpdate } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { Ipv6Mode, Network, Subnet } from '../../objects/network.ts';
import type { SubnetPool } from '../../objects/network-sharing.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';
import { IpAddressInUse, MarkerUnknown, NetworkNotFound, SubnetInUse, SubnetNotFound, SubnetsOfNetworkOverlap } from '../errors.ts';
import { parsePrefix, prefixesOverlap } from '../plan/ip-range.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { checkModes, isAuto } from '../plan/auto-address.ts';
import { planHostIp } from '../plan/host-ip.ts';
import { type Expecting, refuseOutdated } from './revision.ts';
import { checkServiceTypes } from './service-types.ts';
import { cut, poolFor, refuseOtherPool, type WantedCut } from '../books/cut-from-pools.ts';
import { dropAutoAddresses, giveAutoAddresses } from '../books/auto-addresses.ts';
import { takeQuotas } from '../books/quota.ts';
import { type PlannedSubnet, planSubnet, type WantedSubnet } from '../plan/subnet-plan.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { GatewayIpInUse } from '../router-errors.ts';

interface SubnetSettings {
  readonly name?: string;
  readonly description?: string;
  readonly enableDhcp?: boolean;
  readonly serviceTypes?: readonly string[];
}

/** How guests get IPv6 addresses is settled with the subnet. */
interface SubnetModes {
  readonly ipv6RaMode?: Ipv6Mode | null;
  readonly ipv6AddressMode?: Ipv6Mode | null;
}

/** A subnet to create: with a prefix of its own, or one that is cut from a pool. */
export type NewSubnet = Omit<WantedSubnet, 'cidr' | 'ipVersion'> &
  WantedCut &
  SubnetModes &
  SubnetSettings & { readonly networkId: string; readonly projectId?: string; readonly tags?: readonly string[] };

/** A subnet to create, validated, with its network and project. */
interface OwnedSubnet {
  readonly subnet: NewSubnet;
  readonly network: Network;
  readonly projectId: string;
  /** The pool that it is cut from; null: none. */
  readonly pool: SubnetPool | null;
}

/** What may change of a subnet: everything but its prefix. */
export type SubnetChanges = Omit<WantedSubnet, 'cidr' | 'ipVersion'> & SubnetSettings;

/** Subnets: by default they belong to their network's project. */
export class SubnetsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly Subnet[]> {
    this.#deps.policy.check(ctx, 'get_subnet');
    const found = await listSubnets(this.#deps.db, pageQueryOf(listFields.subnets, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws SubnetNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<Subnet> {
    this.#deps.policy.check(ctx, 'get_subnet');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, subnets: readonly NewSubnet[]): Promise<readonly Subnet[]> {
    const { db, quotaLimits } = this.#deps;
    const wanted: OwnedSubnet[] = [];
    for (const subnet of subnets) wanted.push(await this.#owned(ctx, subnet));
    const networkIds = [...new Set(wanted.map(({ network }) => network.id))].sort();
    const made = await change(ctx, { db, what: 'subnet.create', ...subnetMemory }, async (changing) => {
      const { trx, tell } = changing;
      const projectIds = wanted.map(({ projectId }) => projectId);
      await takeQuotas(trx, quotaLimits, { projectIds, resource: 'subnet' });
      for (const id of networkIds) if (!(await lockNetwork(trx, id))) throw NetworkNotFound({ id });
      const rows: Subnet[] = [];
      for (const one of wanted) rows.push(await this.#insert(trx, one));
      await touchNetworks(trx, networkIds);
      for (const subnet of rows) {
        tell(subnetCreate(subnet));
        if (isAuto(subnet)) await giveAutoAddresses(changing, subnet);
      }
      return rows;
    });
    await tellHosts(this.#deps, ctx);
    return made;
  }

  /** The subnet with its network; throws unless the caller may create it there. */
  async #owned(ctx: Context, subnet: NewSubnet): Promise<OwnedSubnet> {
    const { db, policy } = this.#deps;
    const { networkId } = subnet;
    const [network] = isUuid(networkId) ? await findNetworks(db, [networkId], sightOf(ctx)) : [];
    if (!network) throw NetworkNotFound({ id: networkId });
    policy.check(ctx, 'create_subnet', { project_id: network.projectId });
    if (subnet.projectId !== undefined) policy.check(ctx, 'create_subnet', { project_id: subnet.projectId });
    const target = { project_id: subnet.projectId ?? network.projectId };
    if (subnet.serviceTypes) checkServiceTypes(policy, ctx, { verb: 'create', types: subnet.serviceTypes, target });
    const pool = await poolFor(db, subnet, sightOf(ctx));
    const owned = { subnet, network, projectId: target.project_id, pool };
    // What needs no pool is refused early.
    if (!pool) planOwned(owned, subnet.cidr ?? '');
    return owned;
  }

  async #insert(trx: InCloud, owned: OwnedSubnet): Promise<Subnet> {
    const { subnet, network, projectId, pool } = owned;
    const planned = planOwned(owned, pool ? await cut(trx, pool, { ...subnet, projectId }) : (subnet.cidr ?? ''));
    const others = await subnetsOf(trx, [network.id]);
    refuseOtherPool(planned.prefix.version, pool, others);
    refuseOverlap(planned, others);
    const { enableDhcp = true } = subnet;
    return await insertSubnet(trx, {
      name: '',
      ...settingColumns(subnet),
      ...plannedColumns(planned),
      enable_dhcp: enableDhcp,
      host_ip: planHostIp({ ...planned, enableDhcp, isRouted: false }, { before: null, taken: [] }),
      id: this.#deps.ids.uuid(),
      network_id: network.id,
      project_id: projectId,
      ip_version: planned.prefix.version,
      subnet_pool_id: pool?.id ?? null,
      cidr: planned.cidr,
      ipv6_ra_mode: subnet.ipv6RaMode,
      ipv6_address_mode: subnet.ipv6AddressMode,
      tags: subnet.tags,
    });
  }

  async update(ctx: Context, id: string, changes: SubnetChanges, expecting: Expecting = {}): Promise<Subnet> {
    const { db, policy } = this.#deps;
    const { networkId, projectId } = await this.#find(ctx, id);
    policy.check(ctx, 'update_subnet', { project_id: projectId });
    const { serviceTypes: types } = changes;
    if (types) checkServiceTypes(policy, ctx, { verb: 'update', types, target: { project_id: projectId } });
    const [updated] = await change(ctx, { db, what: 'subnet.update', ...subnetMemory }, async ({ trx, tell }) => {
      const subnet = (await lockSubnetsOf(trx, [networkId])).find((one) => one.id === id);
      if (!subnet) return [];
      refuseOutdated(expecting, subnet);
      const planned = planSubnet({ ...subnet, ...changes });
      const { gatewayIp } = planned;
      if (subnet.isRouted && gatewayIp !== subnet.gatewayIp) {
        const portId = (await routerOfGateway(trx, id))?.portId ?? '';
        throw GatewayIpInUse({ ipAddress: subnet.gatewayIp ?? '', portId });
      }
      const isTaken = gatewayIp !== null && gatewayIp !== subnet.gatewayIp && (await holderOf(trx, id, gatewayIp)) !== undefined;
      if (isTaken) throw IpAddressInUse({ networkId, ipAddress: gatewayIp });
      const enableDhcp = changes.enableDhcp ?? subnet.enableDhcp;
      checkModes(subnet, { prefix: planned.prefix, enableDhcp });
      const host_ip = planHostIp(
        { ...planned, enableDhcp, isRouted: subnet.isRouted },
        { before: subnet.hostIp, taken: await addressesOf(trx, id) },
      );
      const after = await updateSubnet(trx, id, { ...settingColumns(changes), ...plannedColumns(planned), host_ip });
      await changePortsInSubnet(trx, id);
      if (after) tell(subnetUpdate(after));
      return after ? [after] : [];
    });
    if (!updated) throw SubnetNotFound({ id });
    await tellHosts(this.#deps, ctx);
    return updated;
  }

  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const subnet = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_subnet', { project_id: subnet.projectId });
      return subnet;
    };
    await change(ctx, { db: this.#deps.db, what: 'subnet.delete', prepare }, async (changing, { networkId }) => {
      const { trx, tell } = changing;
      const subnet = (await lockSubnetsOf(trx, [networkId])).find((one) => one.id === id);
      refuseOutdated(expecting, subnet);
      if (!subnet) return;
      if (isAuto(subnet)) await dropAutoAddresses(changing, subnet);
      const addresses = await countAddresses(trx, id);
      if (addresses > 0) throw SubnetInUse({ id, addresses });
      await deleteSubnet(trx, id);
      await touchNetworks(trx, [networkId]);
      tell(subnetDelete(subnet));
    });
    await tellHosts(this.#deps, ctx);
  }

  async #find(ctx: Context, id: string): Promise<Subnet> {
    const [subnet] = isUuid(id) ? await findSubnets(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!subnet) throw SubnetNotFound({ id });
    return subnet;
  }
}

/** The subnet with this prefix, complete; throws InvalidInput for what does not go together. */
function planOwned({ subnet, pool }: Pick<OwnedSubnet, 'subnet' | 'pool'>, cidr: string): PlannedSubnet {
  const planned = planSubnet({ ...subnet, cidr, ipVersion: pool?.ipVersion ?? subnet.ipVersion ?? (cidr.includes(':') ? 6 : 4) });
  checkModes(subnet, { prefix: planned.prefix, enableDhcp: subnet.enableDhcp ?? true });
  return planned;
}

/** A retried request finds its subnets by their ids. */
const subnetMemory = {
  keep: (subnets: readonly Subnet[]): readonly string[] => subnets.map(({ id }) => id),
  recall: (ids: readonly string[], { trx }: Changing<CloudDb>): Promise<readonly Subnet[]> => findSubnets(trx, ids, null),
};

/** Subnets of a network must not overlap: an address belongs to exactly one. */
function refuseOverlap({ prefix, cidr }: PlannedSubnet, others: readonly Subnet[]): void {
  for (const other of others) {
    const theirs = parsePrefix(other.cidr);
    if (theirs && prefixesOverlap(prefix, theirs))
      throw SubnetsOfNetworkOverlap({ networkId: other.networkId, cidr, otherCidr: other.cidr });
  }
}

const settingColumns = ({ name, description, enableDhcp, serviceTypes }: SubnetSettings) => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description }),
  ...(enableDhcp !== undefined && { enable_dhcp: enableDhcp }),
  ...(serviceTypes && { service_types: serviceTypes }),
});

const plannedColumns = ({ gatewayIp, allocationPools, dnsNameservers, hostRoutes }: PlannedSubnet) => ({
  gateway_ip: gatewayIp,
  allocation_pools: JSON.stringify(allocationPools),
  dns_nameservers: JSON.stringify(dnsNameservers),
  host_routes: JSON.stringify(hostRoutes),
});
