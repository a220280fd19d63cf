/**
 * Writes the bridge-layer table of a cloud: it checks the claimed sender of every frame from a port's tap, and marks packets with the port
 * they come from or go to, for the IP layer. What it does not mark the guard of all taps drops. Pure text.
 */
import { tapName } from '../../device-names.ts';
import type { HostNetwork, HostPort } from '../../driver.ts';
import { servingMac } from './bridge-plan.ts';
import { METADATA_ADDRESS, servesInHost } from './host-addressing.ts';
import { ipVersion, isMac, linkLocal, neighborTargetIs } from './ip-text.ts';
import { receivingRules, sendingRules } from './port-limits.ts';
import { setOf } from './security-rules.ts';
import { MARKING_PRIORITY } from './tap-guard.ts';

/**
 * The body of the table. A guest may have no route to the metadata service but that to its gateway, which may be a router: what it sends
 * there goes to what serves the network, whatever the address of its frame.
 */
export function bridgeTable(networks: readonly HostNetwork[], ports: readonly HostPort[], marks: ReadonlyMap<string, number>): string {
  const taps = ports.map((port) => `"${tapName(port.id)}" : ${marks.get(port.id)}`).join(', ');
  const sources = ports.map((port) => `"${tapName(port.id)}" : goto from_${marks.get(port.id)}`).join(', ');
  const inHost = new Set(networks.filter(servesInHost).map(({ id }) => id));
  const servers = ports.map((port) => `${marks.get(port.id)} : ${servingMac(port.networkId)}`).join(', ');
  const marksOf = (some: readonly HostPort[]) => some.map(({ id }) => marks.get(id)).join(', ');
  const limited = ports.filter((port) => receivingRules(port).length > 0);
  const ofHost = ports.filter(({ networkId }) => inHost.has(networkId));
  return `
  chain prerouting {
    type filter hook prerouting priority ${MARKING_PRIORITY}; policy accept;
    ${ports.length > 0 ? `meta mark set iifname map { ${taps} }` : ''}
    ${ports.length > 0 ? `iifname vmap { ${sources} }` : ''}
  }
  chain to_metadata {
    type filter hook prerouting priority ${MARKING_PRIORITY + 2}; policy accept;
    ${ofHost.length > 0 ? `ip daddr ${METADATA_ADDRESS} meta mark { ${marksOf(ofHost)} } meta pkttype set host` : ''}
    ${ports.length > 0 ? `ip daddr ${METADATA_ADDRESS} meta mark { ${marksOf(ports)} } ether daddr set meta mark map { ${servers} }` : ''}
  }
  chain forwarding {
    type filter hook forward priority ${MARKING_PRIORITY}; policy accept;
    ${ports.length > 0 ? `meta mark set oifname map { ${taps} }` : ''}
    ${limited.map((port) => `oifname "${tapName(port.id)}" jump to_${marks.get(port.id)}`).join('\n    ')}
  }
  ${limited.map((port) => `chain to_${marks.get(port.id)} {\n    ${receivingRules(port).join('\n    ')}\n  }`).join('\n  ')}
  ${ports.map((port) => `chain from_${marks.get(port.id)} {\n    ${[...sendingRules(port), ...sourceChecks(port)].join('\n    ')}\n  }`).join('\n  ')}
`;
}

const sourceChecks = (port: HostPort): string[] => (port.portSecurityEnabled ? securedChecks(port) : unsecuredChecks(port));

/** Even a port without security may not ask for the metadata of another server, nor pass for what serves the network: filters let that in. */
const unsecuredChecks = (port: HostPort): string[] => {
  const own = ownAddresses(port).filter(isIpv4);
  const foreign = own.length > 0 ? `ip saddr != ${setOf(own)} ` : '';
  return [
    `ether saddr ${servingMac(port.networkId)} counter drop`,
    `ether type ip ip daddr ${METADATA_ADDRESS} ${foreign}counter drop`,
    'accept',
  ];
};

function securedChecks(port: HostPort): string[] {
  const pairs = port.allowedAddressPairs;
  const macs = setOf(
    [port.macAddress, ...pairs.flatMap(({ macAddress = '' }) => (isMac(macAddress) ? [macAddress] : []))].map((mac) => mac.toLowerCase()),
  );
  const addresses = [...ownAddresses(port), ...pairs.map((pair) => pair.ipAddress)].filter((address) => ipVersion(address) !== 0);
  const v4 = addresses.filter(isIpv4);
  const v6 = addresses.filter((address) => !isIpv4(address));
  return [
    `ether saddr != ${macs} counter drop`,
    `ether type arp arp saddr ether != ${macs} counter drop`,
    // An ARP probe: 0.0.0.0 claims no address.
    `ether type arp arp saddr ip ${setOf(['0.0.0.0', ...v4])} accept`,
    'ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept',
    'ether type ip udp sport 67 udp dport 68 counter drop',
    // Allowed pairs count towards other guests, not towards the metadata service.
    `ether type ip ip daddr ${METADATA_ADDRESS} ${noneBut(ownAddresses(port).filter(isIpv4))}counter drop`,
    ...(v4.length > 0 ? [`ether type ip ip saddr ${setOf(v4)} accept`] : []),
    ...ipv6Checks(port, v6),
    // VLAN tags, spanning tree, EtherTypes that nothing else filters: guests do not need them.
    'counter drop',
  ];
}

const noneBut = (addresses: readonly string[]): string => (addresses.length > 0 ? `ip saddr != ${setOf(addresses)} ` : '');

function ipv6Checks(port: HostPort, addresses: readonly string[]): string[] {
  const own = [linkLocal(port.macAddress), ...addresses];
  return [
    'ether type ip6 icmpv6 type { nd-router-advert, nd-redirect } counter drop',
    'ether type ip6 udp sport 547 udp dport 546 counter drop',
    // The target of a neighbour advertisement lies 8 bytes into the message; nft 1.0 has no name for it.
    ...own.map((address) => `ether type ip6 icmpv6 type nd-neighbor-advert ${neighborTargetIs(address)} ip6 saddr ${setOf(own)} accept`),
    'ether type ip6 icmpv6 type nd-neighbor-advert counter drop',
    `ether type ip6 ip6 saddr ${setOf(['::', ...own])} accept`,
  ];
}

const ownAddresses = (port: HostPort): string[] => port.fixedIps.map(({ ipAddress }) => ipAddress);
const isIpv4 = (address: string): boolean => !address.includes(':');
