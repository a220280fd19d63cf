/** Plans the address that hosts have on a subnet: the gateway's or, for DHCP where that is a router's or where there is none, another one. */
import { type Address, formatAddress, parseAddress, parsePrefix, usable } from './ip-range.ts';
import type { AddressPool } from '../../objects/network.ts';
import { invalidInput } from '../errors.ts';

interface Subject {
  readonly cidr: string;
  readonly gatewayIp: string | null;
  readonly enableDhcp: boolean;
  readonly allocationPools: readonly AddressPool[];
  /** Whether a router has the gateway's address: hosts then need another one. */
  readonly isRouted: boolean;
}

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * The address, or null if none is needed: `before` if set, else the first free one outside the pools, else the last free one of the
 * pools. Only IPv4 has DHCP. Throws InvalidInput when every address is taken.
 */
export function planHostIp(subnet: Subject, { before, taken }: { before: string | null; taken: readonly string[] }): string | null {
  const prefix = parsePrefix(subnet.cidr);
  const hasGateway = subnet.gatewayIp !== null && !subnet.isRouted;
  if (prefix?.version !== 4 || !subnet.enableDhcp || hasGateway) return null;
  if (before !== null && before !== subnet.gatewayIp) return before;
  const held = new Set([...taken, subnet.gatewayIp]);
  for (const value of candidates(usable(prefix), subnet.allocationPools.map(rangeOf))) {
    const address = formatAddress({ version: 4, value });
    if (!held.has(address)) return address;
  }
  throw invalidInput('enable_dhcp', `DHCP needs a free address beside that of the gateway, and the subnet ${subnet.cidr} has none.`);
}

const rangeOf = ({ start, end }: AddressPool): Range => ({ first: valueOf(parseAddress(start)), last: valueOf(parseAddress(end)) });
const valueOf = (address: Address | undefined): bigint => address?.value ?? 0n;

/** Every usable address, the most suitable ones first. */
function* candidates({ first, last }: Range, pools: readonly Range[]): Generator<bigint> {
  const sorted = [...pools].sort((a, b) => (a.first < b.first ? -1 : 1));
  let next = first;
  for (const pool of sorted) {
    for (; next < pool.first; next++) yield next;
    next = pool.last + 1n;
  }
  for (; next <= last; next++) yield next;
  for (const pool of sorted.toReversed()) for (let value = pool.last; value >= pool.first; value--) yield value;
}
