/**
 * Writes the IP-layer table: stateful security groups per port, what guests may reach on the host, and the isolation of
 * networks. Bridged packets come here because our bridges ask for it (nf_call_iptables). Pure text.
 */
import { bridgeName } from '../../device-names.ts';
import type { HostNetwork, HostPort } from '../../driver.ts';
import { servingMac } from './bridge-plan.ts';
import { METADATA_ADDRESS, METADATA_PORT, servesInHost } from './host-addressing.ts';
import { zonesChain } from './conntrack-zones.ts';
import { ANSWERS, elements, metadataChain, outside, served, toHost } from './host-filter.ts';
import { ipVersion } from './ip-text.ts';
import { portChains } from './port-chains.ts';

interface GuestTableOptions {
  readonly marks: ReadonlyMap<string, number>;
  readonly metadataPort: number;
  /** The hardware addresses of routers, which answer DHCP for IPv6. */
  readonly routerMacs: readonly string[];
}

/** The body of the table. Marks say which port a packet comes from (in prerouting and input) or goes to (when bridged). */
export function guestTable(
  networks: readonly HostNetwork[],
  ports: readonly HostPort[],
  { marks, metadataPort, routerMacs }: GuestTableOptions,
): string {
  const metadata = `ip daddr ${METADATA_ADDRESS} tcp dport { ${METADATA_PORT}, ${metadataPort} } accept`;
  const bridges = networks.map((network) => `"${bridgeName(network)}"`);
  const secured = ports.filter((port) => port.portSecurityEnabled);
  const markOf = (port: HostPort) => marks.get(port.id);
  return `
  set bridges { type ifname; ${elements(bridges)} }
  ${served(networks)}
  ${outside(networks)}
  ${zonesChain(networks)}
  set guests { type mark; ${elements(ports.map((port) => String(markOf(port))))} }
  ${metadataChain(metadataPort)}
  chain prerouting {
    type filter hook prerouting priority 0; policy accept;
    iifname != @bridges accept
    ip daddr ${METADATA_ADDRESS} meta mark != @guests counter drop
    ${vmap('meta mark', byMark('out', secured, markOf)).join('')}
  }
  chain input {
    type filter hook input priority 0; policy accept;
    iifname @served meta mark @guests jump to_host
    iifname @bridges meta mark @guests counter drop
    iifname @outside jump from_outside
  }
  ${toHost(metadata)}
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
  ${towardsGuests(networks, secured, { markOf, routerMacs })}
  ${secured.flatMap((port) => portChains(port, markOf(port), metadata)).join('\n  ')}
`;
}

type MarkOf = (port: HostPort) => number | undefined;

/** What comes to guests by their bridges, and from the host where it serves their network. */
function towardsGuests(
  networks: readonly HostNetwork[],
  ports: readonly HostPort[],
  { markOf, routerMacs }: { readonly markOf: MarkOf; readonly routerMacs: readonly string[] },
): string {
  const servers = networks.map(({ id }) => servingMac(id)).join(', ');
  const inHost = new Set(networks.filter(servesInHost).map(({ id }) => id));
  const reached = ports.filter(({ networkId }) => inHost.has(networkId));
  return `chain bridged {
    ${servers ? `ether saddr { ${servers} } meta nfproto ipv4 udp sport 67 udp dport 68 accept` : ''}
    ${routerMacs.length > 0 ? `ether saddr { ${routerMacs.join(', ')} } meta nfproto ipv6 udp sport 547 udp dport 546 accept` : ''}
    ${vmap('meta mark', byMark('in', ports, markOf)).join('')}
    accept
  }
  chain output {
    type filter hook output priority 0; policy accept;
    oifname @bridges udp sport 67 udp dport 68 accept
    oifname @bridges jump to_guest
  }
  chain to_guest {
    ${byAddress(reached, markOf).join('\n    ')}
  }`;
}

const byMark = (chain: string, ports: readonly HostPort[], markOf: MarkOf): string[] =>
  ports.map((port) => `${markOf(port)} : goto ${chain}_${markOf(port)}`);

/** Maps the addresses of ports to the chains that say what these let in. */
function byAddress(ports: readonly HostPort[], markOf: MarkOf): string[] {
  // A key may be in a map only once; of two ports with one address (one of them is leaving) the first counts.
  const owners = new Map(ports.toReversed().flatMap((port) => port.fixedIps.map(({ ipAddress }) => [ipAddress, markOf(port)] as const)));
  const entries = (version: 4 | 6) =>
    [...owners].flatMap(([address, mark]) => (ipVersion(address) === version ? [`${address} : goto in_${mark}`] : []));
  return [...vmap('ip daddr', entries(4)), ...vmap('ip6 daddr', entries(6))];
}

const vmap = (key: string, entries: readonly string[]): string[] => (entries.length > 0 ? [`${key} vmap { ${entries.join(', ')} }`] : []);
