/** Writes the parts of the IP-layer table that concern the host itself: what guests and the outside may reach on it. Pure text. */
import { bridgeName } from '../../device-names.ts';
import type { HostNetwork } from '../../driver.ts';
import { endsHere, METADATA_ADDRESS, METADATA_PORT, servesInHost } from './host-addressing.ts';

/** Neighbour discovery, the ARP of IPv6: without it there is no traffic. */
export const NEIGHBOURS = 'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept';

/**
 * Connection tracking lets only replies pass. Packets in a connection's original direction must match a rule each time, so
 * that removing a rule also ends the connections that it allowed.
 */
export const ANSWERS = 'ct state related accept\n    ct state established ct direction reply accept';

/** When the kernel translates destinations. */
const DSTNAT_PRIORITY = -100;

/** The members of a set, if it has any. */
export const elements = (values: readonly string[]): string => (values.length > 0 ? `elements = { ${values.join(', ')} }` : '');

/** The bridges of the networks that the host serves itself. */
export const served = (networks: readonly HostNetwork[]): string =>
  `set served { type ifname; ${elements(networks.filter(servesInHost).map((network) => `"${bridgeName(network)}"`))} }`;

/** What comes to the host from external networks; on an operator's own bridge the host has business of its own. */
export const outside = (networks: readonly HostNetwork[]): string => `set outside { type ifname; ${elements(
  networks.filter(endsHere).map((network) => `"${bridgeName(network)}"`),
)} }
  chain from_outside {
    ${ANSWERS}
    meta l4proto { icmp, icmpv6 } accept
    counter drop
  }`;

/** What guests may reach on the host itself. */
export const toHost = (metadata: string): string => `chain to_host {
    ${ANSWERS}
    ct state invalid drop
    meta nfproto ipv4 udp sport 68 udp dport 67 accept
    ${metadata}
    ${NEIGHBOURS}
    counter drop
  }`;

/** Each cloud answers the guests of its own networks; of those that the host serves it does so at a port of its own. */
export const metadataChain = (port: number): string => `chain metadata {
    type nat hook prerouting priority ${DSTNAT_PRIORITY}; policy accept;
    iifname @served ip daddr ${METADATA_ADDRESS} tcp dport ${METADATA_PORT} dnat ip to ${METADATA_ADDRESS}:${port}
  }`;
