/** Turns security group rules into lines of nft. Pure text. */
import { ICMP, ICMPV6, protocolNumber, WITH_PORTS } from '../../../plan/protocols.ts';
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

/** Undefined for an unknown protocol: one bad rule must not keep the others out of the kernel. */
function protocolMatch({ protocol, portMin, portMax, ethertype }: SecurityRule): string | undefined {
  if (protocol === null || protocol === 'any') return '';
  const number = protocolNumber(protocol, ethertype);
  if (number === undefined) return undefined;
  if (number === ICMP || number === ICMPV6) return icmpMatch(number === ICMP ? 'icmp' : 'icmpv6', number, { type: portMin, code: portMax });
  const withPorts = WITH_PORTS[number];
  if (!withPorts || (portMin === null && portMax === null)) return `meta l4proto ${number}`;
  return `${withPorts} dport ${portMin ?? 0}-${portMax ?? 65535}`;
}

function icmpMatch(name: string, number: number, { type, code }: { type: number | null; code: number | null }): string {
  if (type === null) return `meta l4proto ${number}`;
  return `${name} type ${type}${code === null ? '' : ` ${name} code ${code}`}`;
}
