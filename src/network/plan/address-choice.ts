/** Which addresses of which subnets a port gets: those asked for, those that its guest makes itself, any of the rest. Pure. */
import type { Subnet } from '../../objects/network.ts';
import { invalidInput } from '../errors.ts';
import { autoAddress, isAuto } from './auto-address.ts';
import { canonicalAddress, contains, parseAddress, parsePrefix } from './ip-range.ts';

/** A requested address: this one, or any free one of this subnet. */
export interface WantedAddress {
  readonly subnetId?: string;
  readonly ipAddress?: string;
}

/** The port that gets addresses. */
export interface AddressedPort {
  readonly macAddress: string;
  readonly deviceOwner: string;
}

/** A router or a server of the network has fixed addresses everywhere; other devices make their own where the subnet says so. */
const makesOwn = ({ deviceOwner }: AddressedPort): boolean => !deviceOwner.startsWith('network:');

/** The addresses asked for, with those that the guest will make: a request for some never means to do without these. */
export function withAutoAddresses(
  wanted: readonly WantedAddress[],
  subnets: readonly Subnet[],
  port: AddressedPort,
): readonly WantedAddress[] {
  if (!makesOwn(port) || wanted.length === 0) return wanted;
  const autos = subnets.filter(isAuto);
  const said = wanted.map((one) => {
    const subnet = autos.find((auto) => isMeant(one, auto));
    return subnet ? madeIn(subnet, port, one.ipAddress) : one;
  });
  const others = autos.filter((auto) => !said.some(({ subnetId }) => subnetId === auto.id));
  return [...said, ...others.map((auto) => madeIn(auto, port))];
}

/** The subnets of which the port gets one address each, if it asks for none: the candidates for each, best first. */
export function defaultAddresses(subnets: readonly Subnet[], port: AddressedPort): DefaultAddresses {
  const autos = makesOwn(port) ? subnets.filter(isAuto) : [];
  const rest = subnets.filter((subnet) => !autos.includes(subnet));
  const choices = ([4, 6] as const).map((version) =>
    fitting(
      rest.filter(({ ipVersion }) => ipVersion === version),
      port,
    ),
  );
  return { made: autos.map((auto) => madeIn(auto, port)), choices: choices.filter((candidates) => candidates.length > 0) };
}

/** What a port gets that asks for nothing. */
export interface DefaultAddresses {
  readonly made: readonly WantedAddress[];
  /** For each address, the subnets that it may be of. */
  readonly choices: readonly (readonly Subnet[])[];
}

/** The subnets for devices of this kind, first those for no others. */
export function fitting(subnets: readonly Subnet[], { deviceOwner }: Pick<AddressedPort, 'deviceOwner'>): readonly Subnet[] {
  const forIt = subnets.filter(({ serviceTypes }) => serviceTypes.includes(deviceOwner));
  return [...forIt, ...subnets.filter(({ serviceTypes }) => serviceTypes.length === 0)];
}

function isMeant({ subnetId, ipAddress }: WantedAddress, { id, cidr }: Subnet): boolean {
  if (subnetId !== undefined) return subnetId.toLowerCase() === id;
  const [prefix, address] = [parsePrefix(cidr), parseAddress(ipAddress ?? '')];
  return prefix !== undefined && address !== undefined && contains(prefix, address);
}

function madeIn({ id, cidr }: Subnet, { macAddress }: AddressedPort, said?: string): WantedAddress {
  const ipAddress = autoAddress(cidr, macAddress);
  if (said !== undefined && canonicalAddress(said) !== ipAddress)
    throw invalidInput('fixed_ips', `IPv6 address ${said} cannot be assigned on subnet ${id}: guests make their addresses there.`);
  return { subnetId: id, ipAddress };
}
