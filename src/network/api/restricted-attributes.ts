/** Port attributes that could disturb others on the network: who may set them, and their canonical form. */
import type { Context } from '../../lib/context/context.ts';
import type { AddressPair, Network } from '../../objects/network.ts';
import type { Policy } from '../../policy/policy.ts';
import { DuplicateAddressPairInRequest, ExternalNetworkForbidden, invalidInput } from '../errors.ts';
import { canonicalAddress, formatPrefix, parsePrefix } from '../plan/ip-range.ts';
import { canonicalMac } from '../plan/mac-address.ts';
import type { PortChanges } from './port-request.ts';

interface RestrictedChange {
  readonly verb: 'create' | 'update';
  readonly port: PortChanges;
  readonly network: Network;
}

/** The owners of ports that serve the network itself; such a port can get more than a guest's, for example its traffic unfiltered. */
const OF_NETWORK = /^network:/i;

/** Throws PolicyForbidden for an attribute that the caller may not set on this network. */
export function checkRestricted(policy: Policy, ctx: Context, { verb, port, network }: RestrictedChange): void {
  const target = { project_id: ctx.projectId, network_project_id: network.projectId };
  const mayUse = ctx.isAdmin || network.projectId === ctx.projectId || network.isShared;
  if (verb === 'create' && network.isExternal && !mayUse) throw ExternalNetworkForbidden({ id: network.id });
  if (port.macAddress !== undefined) policy.check(ctx, `${verb}_port:mac_address`, target);
  if (port.deviceOwner !== undefined && OF_NETWORK.test(port.deviceOwner)) policy.check(ctx, `${verb}_port:device_owner`, target);
  if (port.wantedHost !== undefined) policy.check(ctx, `${verb}_port:binding:host_id`, target);
  if (port.bindingProfile !== undefined) policy.check(ctx, `${verb}_port:binding:profile`, target);
  // Naming only a subnet is not restricted: it takes no particular address from anybody.
  if (port.fixedIps?.some(({ ipAddress }) => ipAddress !== undefined)) policy.check(ctx, `${verb}_port:fixed_ips`, target);
  if (port.portSecurityEnabled === false) policy.check(ctx, `${verb}_port:port_security_enabled`, target);
  if (port.allowedAddressPairs && port.allowedAddressPairs.length > 0) policy.check(ctx, `${verb}_port:allowed_address_pairs`, target);
}

/** The pairs in canonical form; throws InvalidInput for anything that is no address, and for a pair that comes twice. */
export function pairsOf(pairs: readonly AddressPair[]): AddressPair[] {
  const all = pairs.map(canonicalPair);
  const texts = all.map(({ ipAddress, macAddress }) => `${ipAddress} ${macAddress ?? ''}`);
  const twice = all.find((_, index) => texts.indexOf(texts[index] ?? '') < index);
  if (twice) throw DuplicateAddressPairInRequest({ ipAddress: twice.ipAddress, macAddress: twice.macAddress });
  return all;
}

function canonicalPair({ ipAddress, macAddress }: AddressPair): AddressPair {
  const prefix = parsePrefix(ipAddress);
  const address = canonicalAddress(ipAddress) ?? (prefix && formatPrefix(prefix));
  if (address === undefined) throw invalidInput('allowed_address_pairs', `'${ipAddress}' is not a valid IP address or subnet.`);
  return { ipAddress: address, ...(macAddress !== undefined && { macAddress: canonicalMac(macAddress) }) };
}
