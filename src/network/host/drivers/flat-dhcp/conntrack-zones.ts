/**
 * Gives each network's connections a zone of their own in the kernel's list of connections. Networks may have the same addresses: in one
 * zone a packet of one could pass as the reply to a packet of another.
 */
import { createHash } from 'node:crypto';
import { bridgeName } from '../../device-names.ts';
import type { HostNetwork } from '../../driver.ts';
import { servesInHost } from './host-addressing.ts';

/** Zones have 16 bits; zone 0 is that of the host itself, and so of external networks. */
const ZONES = 65_535;

/** Before the kernel joins fragments: those of two networks must not be joined either. */
const BEFORE_FRAGMENTS = -450;

/** A zone for each network that has one. Derived from the id, not counted, so that it stays while other networks come and go. */
export function zonesOf(networks: readonly HostNetwork[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const zones = new Map<string, number>();
  for (const network of networks.filter((one) => !servesInHost(one)).toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    let zone = (createHash('sha256').update(network.id).digest().readUInt16BE() % ZONES) + 1;
    while (taken.has(zone)) zone = (zone % ZONES) + 1;
    taken.add(zone);
    zones.set(bridgeName(network), zone);
  }
  return zones;
}

/** The chain that puts packets into the zones of their bridges. */
export function zonesChain(networks: readonly HostNetwork[]): string {
  const zones = [...zonesOf(networks)].map(([bridge, zone]) => `"${bridge}" : ${zone}`);
  return `chain zones {
    type filter hook prerouting priority ${BEFORE_FRAGMENTS}; policy accept;
    ${zones.length > 0 ? `ct zone set iifname map { ${zones.join(', ')} }` : ''}
  }`;
}
