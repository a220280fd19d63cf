/** Turns security group rules into lines of nft. Pure text. */
import type { SecurityRule } from '../../driver.ts';
import { ipVersion } from './ip-text.ts';

/** The line of one rule, without a verdict; undefined when it can match nothing. */
export function ruleMatch(rule: SecurityRule): string | undefined {
  const [remote, protocol] = [remoteMatch(rule), protocolMatch(rule)];
  if (remote === undefined || protocol === undefined) return undefined;
  const family = rule.ethertype === 'IPv4' ? 'meta nfproto ipv4' : 'meta nfproto ipv6';
  return [family, remote, protocol].filter(Boolean).join(' ');
}

function remoteMatch({ remote, direction, ethertype }: SecurityRule): string | undefined {
  if (remote.kind === 'any') return '';
  const field = `${ethertype === 'IPv4' ? 'ip' : 'ip6'} ${direction === 'ingress' ? 'saddr' : 'daddr'}`;
  const version = ethertype === 'IPv4' ? 4 : 6;
  const addresses = (remote.kind === 'cidr' ? [remote.cidr] : remote.addresses).filter((address) => ipVersion(address) === version);
  return addresses.length > 0 ? `${field} ${setOf(addresses)}` : undefined;
}

/** An anonymous set. Prefixes in it may overlap only where nft is told so; unique addresses do not. */
export const setOf = (values: readonly string[]): string => `{ ${[...new Set(values)].sort().join(', ')} }`;

/** The protocols that a rule may name, by their numbers (IANA), so that no table of the host is needed. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  ospf: 89,
  pgm: 113,
  vrrp: 112,
  sctp: 132,
  udplite: 136,
};

/** Protocols with ports, by number, as nft calls them. */
const WITH_PORTS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 33: 'dccp', 132: 'sctp', 136: 'udplite' };

/** Undefined for an unknown protocol: one bad rule must not keep the others out of the kernel. */
function protocolMatch({ protocol, portMin, portMax, ethertype }: SecurityRule): string | undefined {
  if (protocol === null || protocol === 'any') return '';
  const named = PROTOCOLS[protocol.toLowerCase()] ?? Number(protocol);
  if (!Number.isInteger(named) || named < 0 || named > 255) return undefined;
  // In IPv6 rules people write "icmp" and mean ICMPv6.
  const number = named === 1 && ethertype === 'IPv6' ? 58 : named;
  if (number === 1 || number === 58) return icmpMatch(number === 1 ? 'icmp' : 'icmpv6', number, { type: portMin, code: portMax });
  const withPorts = WITH_PORTS[number];
  if (!withPorts || (portMin === null && portMax === null)) return `meta l4proto ${number}`;
  return `${withPorts} dport ${portMin ?? 0}-${portMax ?? 65535}`;
}

function icmpMatch(name: string, number: number, { type, code }: { type: number | null; code: number | null }): string {
  if (type === null) return `meta l4proto ${number}`;
  return `${name} type ${type}${code === null ? '' : ` ${name} code ${code}`}`;
}
