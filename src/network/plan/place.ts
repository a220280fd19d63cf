/** Where a requested address belongs among the subnets of its network. */
import type { Subnet } from '../../objects/network.ts';
import { canonicalAddress, contains, parseAddress, parsePrefix, usable } from './ip-range.ts';

/** An address with its subnet. */
export interface Place {
  readonly subnet: Subnet;
  readonly canonical: string;
  /** Whether hosts use it: the gateway's address or, without a gateway, the one that they serve DHCP from. */
  readonly isOfHosts: boolean;
}

/** Undefined when no port of any of these subnets may have the address. */
export function placeOf(subnets: readonly Subnet[], ipAddress: string): Place | undefined {
  const subnet = subnets.find(({ cidr }) => isUsable(cidr, ipAddress));
  const canonical = canonicalAddress(ipAddress);
  if (!subnet || canonical === undefined) return undefined;
  return { subnet, canonical, isOfHosts: [subnet.gatewayIp, subnet.hostIp].includes(canonical) };
}

function isUsable(cidr: string, text: string): boolean {
  const [prefix, address] = [parsePrefix(cidr), parseAddress(text)];
  if (!prefix || !address || !contains(prefix, address)) return false;
  const { first, last } = usable(prefix);
  return first <= address.value && address.value <= last;
}
