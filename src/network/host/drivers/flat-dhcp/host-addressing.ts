/** The addresses that a host has on its networks, and the lines for `ip -batch` that give and take addresses. Pure. */
import type { Correction, HostNetwork, HostSubnet } from '../../driver.ts';
import { canonical } from './ip-text.ts';

/** Where guests ask for metadata, in every cloud. */
export const METADATA_ADDRESS = '169.254.169.254';
export const METADATA_PORT = 80;

/** One correction, and the lines for `ip -batch` that make it. */
export interface LinkStep extends Correction {
  readonly commands: readonly string[];
}

/** Whether it is an external network of which the host is the gateway: on an operator's bridge the gateway is the operator's. */
export const endsHere = ({ isExternal, bridge }: HostNetwork): boolean => isExternal === true && bridge === undefined;

/** Whether the host itself serves the network's guests, because it is in the network; others are served from a namespace of their own. */
export const servesInHost = ({ isExternal }: HostNetwork): boolean => isExternal === true;

/** The address and prefix that this host has on each of the network's subnets. An operator's external bridge has gateways of its own. */
export const hostAddresses = (network: HostNetwork): string[] =>
  network.isExternal && network.bridge !== undefined ? [] : network.subnets.flatMap((subnet) => hostAddress(subnet) ?? []);

/** The same for one subnet; undefined if hosts have none. */
export function hostAddress({ hostIp, gatewayIp, isRouted, cidr }: HostSubnet): string | undefined {
  const address = hostIp ?? (isRouted ? null : gatewayIp);
  return address ? `${canonical(address)}/${cidr.split('/')[1]}` : undefined;
}

/** Gives a device an address. */
export const addAddress = (device: string, address: string): LinkStep => ({
  part: 'address',
  what: `${device} lacked ${address}`,
  // Duplicate address detection would delay an IPv6 address by a second, and our own bridge has no duplicates.
  commands: [`address add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`],
});

/** Takes an address from a device. */
export const removeAddress = (device: string, address: string): LinkStep => ({
  part: 'address',
  what: `${device} had ${address}`,
  commands: [`address del ${address} dev ${device}`],
});

/** The lines for `ip -batch` that give a device these addresses in place of those that it has, link-local ones excepted. */
export const addressChanges = (
  device: string,
  { wanted, seen }: { readonly wanted: readonly string[]; readonly seen: readonly string[] },
): readonly string[] => [
  ...seen
    .filter((address) => !address.startsWith('fe80:') && !wanted.includes(address))
    .flatMap((address) => removeAddress(device, address).commands),
  ...wanted.filter((address) => !seen.includes(address)).flatMap((address) => addAddress(device, address).commands),
];
