/** The protocols that rules may name. */

/** By name, as Neutron knows them, with their numbers (IANA): no table of a host is needed. */
const NUMBERS: Readonly<Record<string, number>> = {
  hopopt: 0,
  ip: 0,
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  'ipv6-encap': 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  ospf: 89,
  vrrp: 112,
  pgm: 113,
  sctp: 132,
  udplite: 136,
};

export const ICMP = 1;
export const ICMPV6 = 58;

/** Protocols with ports, by number, with the names that nft uses. */
export const WITH_PORTS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 33: 'dccp', 132: 'sctp', 136: 'udplite' };

/** Protocols that only IPv6 has, by number. */
export const OF_IPV6: readonly number[] = [41, 43, 44, 58, 59, 60];

/** The number of a protocol, which may also be written as a number; undefined for any other text. In IPv6 "icmp" means ICMPv6. */
export function protocolNumber(protocol: string, ethertype: 'IPv4' | 'IPv6'): number | undefined {
  const text = protocol.toLowerCase();
  const number = Object.hasOwn(NUMBERS, text) ? NUMBERS[text] : /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  if (number === undefined || number > 255) return undefined;
  return number === ICMP && ethertype === 'IPv6' ? ICMPV6 : number;
}
