/**
 * Writes the IP-layer table: stateful security groups per port, what guests may reach on the host, and the isolation of
 * networks. Bridged packets come here because our bridges ask for it (nf_call_iptables). Pure text.
 */
import { bridgeName } from '../../device-names.ts';
import type { HostNetwork, HostPort, SecurityRule } from '../../driver.ts';
import { METADATA_ADDRESS } from './bridge-plan.ts';
import { ipVersion } from './ip-text.ts';
import { ruleMatch } from './security-rules.ts';

export const GUEST_TABLE = 'nova_guests';

/** Neighbour discovery, the ARP of IPv6: without it there is no traffic. */
const NEIGHBOURS = 'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept';

/**
 * Connection tracking lets only replies pass. Packets in a connection's original direction must match a rule each time, so
 * that removing a rule also ends the connections that it allowed.
 */
const ANSWERS = 'ct state related accept\n    ct state established ct direction reply accept';

/** The body of table inet nova_guests. Marks say which port a packet comes from (in prerouting and input) or goes to (when bridged). */
export function guestTable(networks: readonly HostNetwork[], ports: readonly HostPort[], marks: ReadonlyMap<string, number>): string {
  const bridges = networks.map((network) => `"${bridgeName(network)}"`);
  const secured = ports.filter((port) => port.portSecurityEnabled);
  const markOf = (port: HostPort) => marks.get(port.id);
  const byMark = (chain: string) => secured.map((port) => `${markOf(port)} : goto ${chain}_${markOf(port)}`);
  // A key may be in a map only once; of two ports with one address (one of them is leaving) the first counts.
  const owners = new Map(secured.toReversed().flatMap((port) => port.fixedIps.map(({ ipAddress }) => [ipAddress, markOf(port)] as const)));
  const byAddress = (version: 4 | 6) =>
    [...owners].flatMap(([address, mark]) => (ipVersion(address) === version ? [`${address} : goto in_${mark}`] : []));
  const toGuest = [...vmap('ip daddr', byAddress(4)), ...vmap('ip6 daddr', byAddress(6))].join('\n    ');
  return `
  set bridges { type ifname; ${elements(bridges)} }
  set guests { type mark; ${elements(ports.map((port) => String(markOf(port))))} }
  chain prerouting {
    type filter hook prerouting priority 0; policy accept;
    iifname != @bridges accept
    ip daddr ${METADATA_ADDRESS} meta mark != @guests counter drop
    ${vmap('meta mark', byMark('out')).join('')}
  }
  chain input {
    type filter hook input priority 0; policy accept;
    iifname @bridges meta mark @guests jump to_host
  }
  chain to_host {
    ${ANSWERS}
    ct state invalid drop
    meta nfproto ipv4 udp sport 68 udp dport 67 accept
    ip daddr ${METADATA_ADDRESS} tcp dport 80 accept
    ${NEIGHBOURS}
    counter drop
  }
  chain forwarding {
    type filter hook forward priority 0; policy accept;
    ${vmap(
      'iifname . oifname',
      bridges.map((bridge) => `${bridge} . ${bridge} : goto bridged`),
    ).join('')}
    iifname @bridges meta mark @guests jump to_elsewhere
    oifname @bridges jump to_guest
  }
  chain to_elsewhere {
    ${ANSWERS}
    counter drop
  }
  chain bridged {
    ${vmap('meta mark', byMark('in')).join('')}
    accept
  }
  chain output {
    type filter hook output priority 0; policy accept;
    oifname @bridges udp sport 67 udp dport 68 accept
    oifname @bridges jump to_guest
  }
  chain to_guest {
    ${toGuest}
  }
  ${secured.map((port) => `${portChain('in', port, markOf(port))}\n  ${portChain('out', port, markOf(port))}`).join('\n  ')}
`;
}

const vmap = (key: string, entries: readonly string[]): string[] => (entries.length > 0 ? [`${key} vmap { ${entries.join(', ')} }`] : []);

const elements = (values: readonly string[]): string => (values.length > 0 ? `elements = { ${values.join(', ')} }` : '');

/** What one port lets in or out; everything else is dropped. */
function portChain(way: 'in' | 'out', port: HostPort, mark: number | undefined): string {
  const direction: SecurityRule['direction'] = way === 'in' ? 'ingress' : 'egress';
  const rules = port.rules.filter((rule) => rule.direction === direction).flatMap((rule) => ruleMatch(rule) ?? []);
  const lines = [
    ANSWERS,
    'ct state invalid drop',
    NEIGHBOURS,
    ...(way === 'out' ? ALWAYS_OUT : []),
    ...[...new Set(rules)].map((match) => `${match} accept`),
    'counter drop',
  ];
  return `chain ${way}_${mark} {\n    ${lines.join('\n    ')}\n  }`;
}

/** DHCP, metadata and multicast reports are allowed whatever the rules. */
const ALWAYS_OUT = [
  'meta nfproto ipv4 udp sport 68 udp dport 67 accept',
  `ip daddr ${METADATA_ADDRESS} tcp dport 80 accept`,
  'icmpv6 type { mld-listener-report, mld2-listener-report } accept',
];
