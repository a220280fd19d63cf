import { countPerSubnet } from '../../db/stores/network/ip-allocations.ts';
import { findNetworks, listNetworks, subnetsOf } from '../../db/stores/network/networks.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { Network, Subnet } from '../../objects/network.ts';
import { MarkerUnknown, NetworkNotFound } from '../errors.ts';
import { sizeOf } from '../plan/ip-range.ts';
import type { NetworkApiDeps } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';

/** How many addresses something has, and how many of them are taken. */
export interface Availability {
  /** Of its allocation pools. More than a number can count exactly where a subnet of IPv6 is large. */
  readonly total: number;
  readonly used: number;
}

export type SubnetAvailability = Availability & { readonly subnet: Subnet };

/** The addresses of a network, and of each of its subnets. */
export interface NetworkAvailability extends Availability {
  readonly id: string;
  readonly network: Network;
  readonly subnets: readonly SubnetAvailability[];
}

/** How many addresses networks have left, for operators. */
export class IpAvailabilityApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  /** With a version, only subnets of it count. */
  async list(ctx: Context, { ipVersion, ...query }: ListQuery & { readonly ipVersion?: 4 | 6 }): Promise<readonly NetworkAvailability[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'get_network_ip_availability');
    const networks = await listNetworks(db, pageQueryOf(listFields.ipAvailabilities, query), null);
    if (!networks) throw MarkerUnknown({ marker: query.marker ?? '' });
    return await this.#of(networks, ipVersion);
  }

  async show(ctx: Context, id: string): Promise<NetworkAvailability> {
    this.#deps.policy.check(ctx, 'get_network_ip_availability');
    const networks = isUuid(id) ? await findNetworks(this.#deps.db, [id], null) : [];
    const [found] = await this.#of(networks);
    if (!found) throw NetworkNotFound({ id });
    return found;
  }

  async #of(networks: readonly Network[], ipVersion?: 4 | 6): Promise<readonly NetworkAvailability[]> {
    const ids = networks.map(({ id }) => id);
    const all = (await subnetsOf(this.#deps.db, ids)).filter((subnet) => subnet.ipVersion === (ipVersion ?? subnet.ipVersion));
    const taken = await countPerSubnet(
      this.#deps.db,
      all.map(({ id }) => id),
    );
    return networks.map((network) => {
      const subnets = all
        .filter(({ networkId }) => networkId === network.id)
        .map((subnet) => ({ subnet, total: Number(sizeOf(subnet.allocationPools)), used: taken.get(subnet.id) ?? 0 }));
      const sum = (read: (one: Availability) => number) => subnets.reduce((all, one) => all + read(one), 0);
      return { id: network.id, network, subnets, total: sum(({ total }) => total), used: sum(({ used }) => used) };
    });
  }
}
