import type { Context } from '../../lib/context/context.ts';
import type { NetworkApi } from '../../network/api.ts';
import type { Network, Subnet } from '../../objects/network.ts';
import type { Policy } from '../../policy/policy.ts';

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

interface Deps {
  readonly policy: Policy;
  readonly networks: Pick<NetworkApi, 'networks' | 'subnets'>;
}

/** The most networks and subnets that are read for a list. */
const MOST = 10_000;

/** Networks, read from the network service. */
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

  async #withSubnets(ctx: Context, networks: readonly Network[], filters: Readonly<Record<string, readonly string[]>>) {
    const subnets = await this.#deps.networks.subnets.list(ctx, { filters, sort: [], limit: MOST });
    return networks.map((network): ShownNetwork => {
      const own = subnets.filter(({ networkId }) => networkId === network.id);
      return { network, v4: own.find(({ ipVersion }) => ipVersion === 4), v6: own.find(({ ipVersion }) => ipVersion === 6) };
    });
  }
}
