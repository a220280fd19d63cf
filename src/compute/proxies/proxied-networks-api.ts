import type { Context } from '../../lib/context/context.ts';
import { NovaError } from '../../lib/errors/error-type.ts';
import type { NetworkApi } from '../../network/api.ts';
import type { NewNetwork } from '../../network/api/networks.ts';
import type { NewSubnet } from '../../network/api/subnets.ts';
import type { Network, Subnet } from '../../objects/network.ts';
import type { Policy } from '../../policy/policy.ts';
import { type AskedServing, checkServing } from './asked-serving.ts';
import { BadNetworkRequest, NetworkFeatureMissing } from './errors.ts';

/** What is shown of a subnet. */
type ShownSubnet = Pick<Subnet, 'cidr' | 'gatewayIp' | 'dnsNameservers'>;

/** A network with the subnets that compute shows as its own addresses: the first of each IP version. */
export interface ShownNetwork {
  readonly network: Pick<Network, 'id' | 'name' | 'projectId' | 'mtu'>;
  readonly v4: ShownSubnet | undefined;
  readonly v6: ShownSubnet | undefined;
}

/** By which of two resources networks are asked for: they have rules of their own. */
export type NetworkRoom = 'os-networks' | 'os-tenant-networks';

/** A network to make, with the range of its subnet. */
export interface AskedNetwork {
  readonly label: string;
  readonly cidr: string;
}

/** A network that an administrator makes, with its subnet. */
export interface ProvidedNetwork {
  readonly label: string;
  /** The project that it is for; left out: all. */
  readonly projectId?: string;
  readonly mtu?: number;
  readonly subnet: { readonly cidr: string } & Pick<NewSubnet, 'gatewayIp' | 'allocationPools' | 'dnsNameservers' | 'enableDhcp'>;
  readonly serving: AskedServing;
}

interface Deps {
  readonly policy: Policy;
  readonly networks: Pick<NetworkApi, 'networks' | 'networkOwners' | 'subnets'>;
}

/** The most networks and subnets that are read for a list. */
const MOST = 10_000;

/** Networks, passed on to the network service. */
export class ProxiedNetworksApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context, room: NetworkRoom): Promise<readonly ShownNetwork[]> {
    this.#deps.policy.check(ctx, `os_compute_api:${room}:list`, { project_id: ctx.projectId });
    const networks = await this.#deps.networks.networks.list(ctx, { filters: {}, sort: [], limit: MOST });
    return await this.#withSubnets(ctx, networks, {});
  }

  async show(ctx: Context, room: NetworkRoom, id: string): Promise<ShownNetwork> {
    this.#deps.policy.check(ctx, `os_compute_api:${room}:show`, { project_id: ctx.projectId });
    const network = await this.#deps.networks.networks.show(ctx, id);
    const [shown] = await this.#withSubnets(ctx, [network], { network_id: [network.id] });
    return shown ?? { network, v4: undefined, v6: undefined };
  }

  /** A network of the caller's project with one subnet. */
  async create(ctx: Context, { label, cidr }: AskedNetwork): Promise<ShownNetwork> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-tenant-networks:create', { project_id: ctx.projectId });
    return await this.#make(ctx, { name: label }, { cidr });
  }

  /** A network of the named project, or one that all projects use. */
  async provide(ctx: Context, { label, subnet, projectId, mtu, serving }: ProvidedNetwork): Promise<ShownNetwork> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-networks:create', { project_id: ctx.projectId });
    checkServing(serving, subnet);
    const owned = projectId === undefined ? { isShared: true } : { projectId };
    return await this.#make(ctx, { name: label, ...owned, ...(mtu !== undefined && { mtu }) }, subnet);
  }

  /** A network that all projects use becomes that of the caller's project. */
  async take(ctx: Context, id: string): Promise<void> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-networks:add', { project_id: ctx.projectId });
    try {
      await this.#deps.networks.networkOwners.give(ctx, id, ctx.projectId ?? '');
    } catch (error) {
      if (error instanceof NovaError && (error.kind === 'conflict' || error.kind === 'not-found'))
        throw BadNetworkRequest({ message: error.message }, { cause: error });
      throw error;
    }
  }

  /** All projects may use the network from now on. */
  async release(ctx: Context, id: string): Promise<void> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-networks-associate', { project_id: ctx.projectId });
    await this.#deps.networks.networks.update(ctx, id, { isShared: true });
  }

  /** Throws: every host carries every network. */
  async bindToHost(ctx: Context, id: string): Promise<never> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-networks-associate', { project_id: ctx.projectId });
    await this.#deps.networks.networks.show(ctx, id);
    throw NetworkFeatureMissing({});
  }

  async #make(ctx: Context, wanted: NewNetwork, range: ProvidedNetwork['subnet']): Promise<ShownNetwork> {
    const { networks, subnets } = this.#deps.networks;
    const [network] = await networks.create(ctx, [wanted]);
    if (!network) throw BadNetworkRequest({ message: 'The network was not made.' });
    const ipVersion = range.cidr.includes(':') ? 6 : 4;
    try {
      const [subnet] = await subnets.create(ctx, [{ ...range, networkId: network.id, name: network.name, ipVersion }]);
      return { network, v4: ipVersion === 4 ? subnet : undefined, v6: ipVersion === 6 ? subnet : undefined };
    } catch (error) {
      // The caller asked for both, and gets none. After a crash in between, a retry under the same key goes on with this network.
      await networks.delete(ctx, network.id);
      throw error;
    }
  }

  /** Deletes a network with its subnets; refused while it has ports. */
  async delete(ctx: Context, room: NetworkRoom, id: string): Promise<void> {
    this.#deps.policy.check(ctx, `os_compute_api:${room}:delete`, { project_id: ctx.projectId });
    await this.#deps.networks.networks.delete(ctx, id);
  }

  async #withSubnets(ctx: Context, networks: readonly Network[], filters: Readonly<Record<string, readonly string[]>>) {
    const subnets = await this.#deps.networks.subnets.list(ctx, { filters, sort: [], limit: MOST });
    return networks.map((network): ShownNetwork => {
      const own = subnets.filter(({ networkId }) => networkId === network.id);
      return { network, v4: own.find(({ ipVersion }) => ipVersion === 4), v6: own.find(({ ipVersion }) => ipVersion === 6) };
    });
  }
}
