/** Validates and normalises security group rules. */
import type { SecurityGroupRule } from '../../objects/network.ts';
import { invalidInput } from '../errors.ts';
import { canonicalAddress, formatPrefix, parsePrefix } from './ip-range.ts';

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

const WITH_PORTS = ['tcp', 'udp', 'sctp', 'dccp', 'udplite', '6', '17', '33', '132', '136'];
const ICMP = ['icmp', 'icmpv6', 'ipv6-icmp', '1', '58'];
const OF_IPV6 = ['ipv6-encap', 'ipv6-frag', 'ipv6-icmp', 'ipv6-nonxt', 'ipv6-opts', 'ipv6-route', 'icmpv6'];
const OTHERS = ['ah', 'egp', 'esp', 'gre', 'igmp', 'ipip', 'ospf', 'pgm', 'rsvp', 'vrrp'];

/** Validates and normalises a rule; throws InvalidInput with the name of the invalid field. */
export function planRule(wanted: WantedRule): PlannedRule {
  const { direction, ethertype = 'IPv4', remoteGroupId = null } = wanted;
  const protocol = planProtocol(wanted.protocol, ethertype);
  const remoteCidr = planRemote(wanted.remoteCidr, ethertype);
  if (remoteCidr !== null && remoteGroupId !== null)
    throw invalidInput('remote_ip_prefix', 'Only remote_ip_prefix or remote_group_id may be provided.');
  const { portMin = null, portMax = null } = wanted;
  checkPorts({ protocol, portMin, portMax });
  return { direction, ethertype, protocol, portMin, portMax, remoteCidr, remoteGroupId };
}

function planProtocol(text: string | null | undefined, ethertype: string): string | null {
  const protocol = text?.toLowerCase() ?? null;
  if (protocol === null || protocol === 'any' || protocol === '') return null;
  const isNumber = /^\d{1,3}$/.test(protocol) && Number(protocol) <= 255;
  if (!isNumber && ![...WITH_PORTS, ...ICMP, ...OF_IPV6, ...OTHERS].includes(protocol))
    throw invalidInput('protocol', `Security group rule protocol ${protocol} not supported.`);
  if (ethertype === 'IPv4' && OF_IPV6.includes(protocol)) throw invalidInput('protocol', `${protocol} is a protocol of IPv6.`);
  return isNumber ? String(Number(protocol)) : protocol;
}

function planRemote(text: string | null | undefined, ethertype: string): string | null {
  if (text === null || text === undefined) return null;
  const host = canonicalAddress(text);
  const prefix = parsePrefix(host === undefined ? text : `${host}/${host.includes(':') ? 128 : 32}`);
  if (!prefix) throw invalidInput('remote_ip_prefix', `'${text}' is not a valid IP subnet.`);
  if (`IPv${prefix.version}` !== ethertype) throw invalidInput('remote_ip_prefix', `'${text}' conflicts with ethertype ${ethertype}.`);
  return formatPrefix(prefix);
}

function checkPorts({ protocol, portMin, portMax }: Pick<PlannedRule, 'protocol' | 'portMin' | 'portMax'>): void {
  if (portMin === null && portMax === null) return;
  if (protocol !== null && ICMP.includes(protocol)) return checkIcmp(portMin, portMax);
  if (protocol === null || !WITH_PORTS.includes(protocol))
    throw invalidInput('port_range_min', `Protocol ${protocol ?? 'any'} has no ports.`);
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
