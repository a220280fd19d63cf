import { InvalidInput } from '../../lib/versioning/validation.ts';
import { canonicalAddress } from '../../network/plan/ip-range.ts';

/** Normalises an IPv6 address. Rejects one with a zone, which is valid on one host only. Throws InvalidInput. */
export function accessIpV6(address: string): string {
  const canonical = canonicalAddress(address);
  if (canonical === undefined)
    throw InvalidInput({ message: `Invalid input for field/attribute accessIPv6. Value: ${address}. '${address}' is not a 'ipv6'` });
  return canonical;
}
