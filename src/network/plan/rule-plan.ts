/** Validates and normalises security group rules. */
import type { SecurityGroupRule } from '../../objects/network.ts';
import { invalidInput, RuleParameterConflict } from '../errors.ts';
import { canonicalAddress, formatPrefix, parsePrefix } from './ip-range.ts';
import { ICMP, ICMPV6, OF_IPV6, protocolNumber, WITH_PORTS } from './protocols.ts';

/** A rule as requested. */
export interface WantedRule {
  readonly direction: 'ingress' | 'egress';
  readonly ethertype?: 'IPv4' | 'IPv6';
  readonly protocol?: string | null;
  readonly portMin?: number | null;
  readonly portMax?: number | null;
  readonly remoteCidr?: string | null;
  readonly remoteGroupId?: string | null;
}

type PlannedRule = Pick<SecurityGroupRule, 'direction' | 'ethertype' | 'protocol' | 'portMin' | 'portMax' | 'remoteCidr' | 'remoteGroupId'>;

/** Validates and normalises a rule; throws InvalidInput with the name of the invalid field. */
export function planRule(wanted: WantedRule): PlannedRule {
  const { direction, ethertype = 'IPv4', remoteGroupId = null } = wanted;
  const protocol = planProtocol(wanted.protocol, ethertype);
  const remoteCidr = planRemote(wanted.remoteCidr, ethertype);
  if (remoteCidr !== null && remoteGroupId !== null)
    throw invalidInput('remote_ip_prefix', 'Only remote_ip_prefix or remote_group_id may be provided.');
  const { portMin = null, portMax = null } = wanted;
  checkPorts({ protocol, ethertype, portMin, portMax });
  return { direction, ethertype, protocol, portMin, portMax, remoteCidr, remoteGroupId };
}

/** What a rule allows, however it is written: two rules of one group with the same meaning are one rule. */
export function meaningOf({ direction, ethertype, protocol, portMin, portMax, remoteCidr, remoteGroupId }: PlannedRule): string {
  const number = protocol === null ? null : (protocolNumber(protocol, ethertype) ?? protocol);
  const remote = remoteCidr?.endsWith('/0') ? null : remoteCidr;
  return JSON.stringify([direction, ethertype, number, portMin, portMax, remote, remoteGroupId]);
}

/** In IPv6 the older names and the number of ICMP become those of ICMPv6. */
function planProtocol(text: string | null | undefined, ethertype: 'IPv4' | 'IPv6'): string | null {
  const protocol = text?.toLowerCase() ?? null;
  if (protocol === null || protocol === 'any' || protocol === '') return null;
  const number = protocolNumber(protocol, ethertype);
  if (number === undefined) throw invalidInput('protocol', `Security group rule protocol ${protocol} not supported.`);
  if (ethertype === 'IPv4' && OF_IPV6.includes(number)) throw invalidInput('protocol', `${protocol} is a protocol of IPv6.`);
  if (/^\d/.test(protocol)) return String(number);
  return number === ICMPV6 ? 'ipv6-icmp' : protocol;
}

function planRemote(text: string | null | undefined, ethertype: string): string | null {
  if (text === null || text === undefined) return null;
  const host = canonicalAddress(text);
  const prefix = parsePrefix(host === undefined ? text : `${host}/${host.includes(':') ? 128 : 32}`);
  if (!prefix) throw invalidInput('remote_ip_prefix', `'${text}' is not a valid IP subnet.`);
  if (`IPv${prefix.version}` !== ethertype) throw RuleParameterConflict({ ethertype, cidr: text });
  return formatPrefix(prefix);
}

function checkPorts({ protocol, ethertype, portMin, portMax }: Pick<PlannedRule, 'protocol' | 'ethertype' | 'portMin' | 'portMax'>): void {
  if (portMin === null && portMax === null) return;
  const number = protocol === null ? undefined : protocolNumber(protocol, ethertype);
  if (number === ICMP || number === ICMPV6) return checkIcmp(portMin, portMax);
  if (number === undefined || !WITH_PORTS[number]) throw invalidInput('port_range_min', `Protocol ${protocol ?? 'any'} has no ports.`);
  const strange = [portMin, portMax].find((port) => port !== null && (port < 1 || port > 65_535));
  if (strange !== undefined) throw invalidInput('port_range_min', `Invalid value for port ${strange}: it must be from 1 to 65535.`);
  if (portMin === null || portMax === null || portMin > portMax)
    throw invalidInput('port_range_min', 'For TCP/UDP protocols, port_range_min must be <= port_range_max.');
}

function checkIcmp(type: number | null, code: number | null): void {
  if (type === null)
    throw invalidInput('port_range_min', 'ICMP code (port-range-max) is provided but ICMP type (port-range-min) is missing.');
  if (type < 0 || type > 255) throw invalidInput('port_range_min', `Invalid value for ICMP type: ${type}, it must be from 0 to 255.`);
  if (code !== null && (code < 0 || code > 255))
    throw invalidInput('port_range_max', `Invalid value for ICMP code: ${code}, it must be from 0 to 255.`);
}
