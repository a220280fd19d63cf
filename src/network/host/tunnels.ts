/** Computes from the books how a host's networks reach other hosts. Pure. */
import type { RemotePort } from '../../db/stores/network/network-hosts.ts';
import type { Network } from '../../objects/network.ts';
import type { HostPeer, HostTunnel } from './host-tunnel.ts';

/** The part of the books that concerns the way to other hosts. */
export interface TunnelBooks {
  readonly networks: readonly Network[];
  /** Where this host is reached; undefined where it is not, or there is no other. */
  readonly tunnelAddress?: string | undefined;
  readonly portsElsewhere: readonly RemotePort[];
}

/** A tunnel for each network, also one of which no other host has ports: its router may send there all the same. */
export function hostTunnelsOf({ networks, tunnelAddress, portsElsewhere }: TunnelBooks): readonly HostTunnel[] {
  if (tunnelAddress === undefined) return [];
  return networks.flatMap(({ id, vni }) => {
    const peers = peersOf(portsElsewhere.filter(({ networkId }) => networkId === id));
    return vni === null ? [] : [{ networkId: id, vni, localAddress: tunnelAddress, peers }];
  });
}

const peersOf = (ports: readonly RemotePort[]): readonly HostPeer[] =>
  [...Map.groupBy(ports, ({ address }) => address)].map(([address, some]) => ({
    address,
    ports: some.map(({ macAddress, ipAddresses, isActive }) => ({ macAddress, ipAddresses, isActive })),
  }));
