/** Finds the networks that one host cannot carry together: external ones, in which it is itself, whose subnets share addresses. */
import { BlockList } from 'node:net';
import { type HostNetwork, type HostPort, SubnetsOverlap } from './driver.ts';

/** A network that must stay off the host, and the earlier one that it overlaps with. */
export interface RefusedNetwork {
  readonly network: HostNetwork;
  readonly because: HostNetwork;
}

/** Splits networks into those the host carries and those refused; the earlier in the list stays. */
export function separateOverlapping(networks: readonly HostNetwork[]): { carried: HostNetwork[]; refused: RefusedNetwork[] } {
  const carried: HostNetwork[] = [];
  const refused: RefusedNetwork[] = [];
  for (const network of networks) {
    const because = carried.find((other) => networksOverlap(other, network));
    if (because) refused.push({ network, because });
    else carried.push(network);
  }
  return { carried, refused };
}

/**
 * Drops from the carried networks those that overlap with a network which is to get a port: they have none, only routers are on them.
 * Throws SubnetsOverlap if one of them has ports.
 */
export function makeWayFor(network: HostNetwork, carried: Map<string, HostNetwork>, ports: readonly HostPort[]): void {
  for (const other of [...carried.values()].filter(({ id }) => id !== network.id)) {
    if (!networksOverlap(other, network)) continue;
    if (ports.some(({ networkId }) => networkId === other.id)) throw SubnetsOverlap({ networkId: network.id, otherNetworkId: other.id });
    carried.delete(other.id);
  }
}

const networksOverlap = (a: HostNetwork, b: HostNetwork): boolean =>
  a.isExternal === true &&
  b.isExternal === true &&
  a.subnets.some((subnet) => b.subnets.some((other) => cidrsOverlap(subnet.cidr, other.cidr)));

/** Two prefixes overlap exactly when one holds the other's first address. */
const cidrsOverlap = (a: string, b: string): boolean => holds(a, b) || holds(b, a);

function holds(outer: string, inner: string): boolean {
  const [address = '', bits = ''] = outer.split('/');
  const [first = ''] = inner.split('/');
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family(address));
  return family(address) === family(first) && list.check(first, family(first));
}

const family = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');
