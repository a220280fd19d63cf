/** The addresses that guests make themselves, from a prefix and their MAC address, and the modes in which they do. */
import type { Ipv6Mode, Subnet } from '../../objects/network.ts';
import { invalidInput } from '../errors.ts';
import { formatAddress, type Prefix, parsePrefix } from './ip-range.ts';

/** An EUI-64 address fills the lower half: nothing longer may be the prefix, nothing shorter is announced. */
const PREFIX_LENGTH = 64;

/** Whether guests make their addresses themselves; stateless DHCP gives them only options. */
export const isAuto = ({ ipv6AddressMode: mode }: Pick<Subnet, 'ipv6AddressMode'>): boolean => makesAddresses(mode);

const makesAddresses = (mode: Ipv6Mode | null): boolean => mode === 'slaac' || mode === 'dhcpv6-stateless';

/** The EUI-64 address of a MAC address. @example fa:16:3e:00:00:01 in fd00::/64 has fd00::f816:3eff:fe00:1 */
export function autoAddress(cidr: string, macAddress: string): string {
  const bytes = macAddress.split(':').map((byte) => Number.parseInt(byte, 16));
  const [first = 0, second = 0, third = 0, ...last] = bytes;
  const lower = [first ^ 2, second, third, 0xff, 0xfe, ...last].reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
  return formatAddress({ version: 6, value: (parsePrefix(cidr)?.first ?? 0n) + lower });
}

interface Modes {
  readonly ipv6RaMode?: Ipv6Mode | null;
  readonly ipv6AddressMode?: Ipv6Mode | null;
}

/** Throws InvalidInput for modes that a subnet cannot have. */
export function checkModes(
  { ipv6RaMode: ra = null, ipv6AddressMode: address = null }: Modes,
  { prefix, enableDhcp }: { readonly prefix: Prefix; readonly enableDhcp: boolean },
): void {
  if (ra === null && address === null) return;
  const field = ra === null ? 'ipv6_address_mode' : 'ipv6_ra_mode';
  if (prefix.version === 4) throw invalidInput(field, 'It is not valid when ip_version is 4.');
  if (!enableDhcp) throw invalidInput(field, 'It cannot be set when enable_dhcp is set to False.');
  if (ra !== null && address !== null && ra !== address)
    throw invalidInput(field, `'${ra}' does not go with the ipv6_address_mode '${address}': if both are set, they must be the same.`);
  if ((makesAddresses(ra) || makesAddresses(address)) && prefix.length !== PREFIX_LENGTH)
    throw invalidInput(
      'cidr',
      `Guests make EUI-64 addresses in the mode '${address ?? ra ?? ''}', which needs a prefix of /${PREFIX_LENGTH}.`,
    );
}
