/** Keeps networks of guests from taking the addresses of networks that the host itself is in. */
import { bridgeName } from '../../device-names.ts';
import type { HostNetwork, HostSubnet } from '../../driver.ts';
import { parsePrefix, prefixesOverlap } from '../../../plan/ip-range.ts';
import { hostAddress, servesInHost } from './host-addressing.ts';
import type { CloudMark } from './cloud-mark.ts';
import type { SeenLink } from './seen-links.ts';

/**
 * Whether carrying the subnet would divert the host's own traffic, because another device has an address in it. A subnet that the bridge
 * carries already is kept: guests must not lose it when the host gets a new address. Where the host has no address nothing is diverted.
 */
export function isOfHost(
  network: HostNetwork,
  subnet: HostSubnet,
  { seen, cloud }: { readonly seen: ReadonlyMap<string, SeenLink>; readonly cloud: CloudMark },
): boolean {
  if (!servesInHost(network)) return false;
  const [bridge, address, prefix] = [bridgeName(network), hostAddress(subnet), parsePrefix(subnet.cidr)];
  if (address === undefined || prefix === undefined || seen.get(bridge)?.addresses.includes(address)) return false;
  // On an operator's own bridge the host may be in the same network: that is its purpose. Bridges of other clouds count as the host's.
  const others = [...seen.values()].filter((link) => link.name !== bridge && !cloud.isOurs(link));
  return others.some(({ addresses }) => addresses.some((other) => overlaps(other, prefix)));
}

function overlaps(text: string, prefix: NonNullable<ReturnType<typeof parsePrefix>>): boolean {
  const other = parsePrefix(text);
  return other !== undefined && prefixesOverlap(other, prefix);
}
