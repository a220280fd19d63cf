/** Finds the networks that one host cannot carry together because their subnets share addresses. */
import { BlockList } from 'node:net';
import type { HostNetwork } from './driver.ts';

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

const networksOverlap = (a: HostNetwork, b: HostNetwork): boolean =>
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
