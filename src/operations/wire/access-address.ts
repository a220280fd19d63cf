import { InvalidInput } from '../../lib/versioning/validation.ts';
import { canonicalAddress } from '../../network/plan/ip-range.ts';

/** An IPv6 address in its one spelling; one with a zone is an address of one host only, and none here. Throws InvalidInput. */
export function accessIpV6(address: string): string {
  const canonical = canonicalAddress(address);
  if (canonical === undefined)
    throw InvalidInput({ message: `Invalid input for field/attribute accessIPv6. Value: ${address}. '${address}' is not a 'ipv6'` });
  return canonical;
}
